// Command argocd-cmp-server is Argo CD's own config management plugin server: the
// sidecar process that serves plugin.yaml on a Unix socket.
package main

import (
	"os"

	"github.com/argoproj/argo-cd/v3/cmd/argocd-cmp-server/commands"
)

func main() {
	if commands.NewCommand().Execute() != nil { // cobra has printed the error
		os.Exit(1)
	}
}
