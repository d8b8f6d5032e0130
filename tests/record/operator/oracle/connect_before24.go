//go:build before24

package main

import "context"

// connect: operators before 2.4 have no SparkConnect.
func (s *session) connect(_ context.Context, _ request, a *answer) {
	a.DecodeError = "this operator has no SparkConnect"
}
