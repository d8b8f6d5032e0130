// Command kpt is the "fn" part of kpt (render, eval, source, sink, doc), made of kpt's
// own command code. The whole program cannot be built from the module: its alpha commands
// import a module that is not to be had.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/kptdev/kpt/commands/fn"
	kpterrors "github.com/kptdev/kpt/pkg/lib/errors"
	"github.com/kptdev/kpt/pkg/lib/errors/resolver"
	"github.com/kptdev/kpt/pkg/lib/util/cmdutil"
	"github.com/kptdev/kpt/pkg/printer"
	"github.com/spf13/cobra"
)

// root is kpt's root command (package run of kpt) with the one subcommand.
func root(ctx context.Context) *cobra.Command {
	cmd := &cobra.Command{Use: "kpt", SilenceUsage: true, SilenceErrors: true}
	cmd.PersistentFlags().AddGoFlagSet(flag.CommandLine)
	cmd.PersistentFlags().BoolVar(&printer.TruncateOutput, "truncate-output", true, "Enable the truncation for output")
	cmd.PersistentFlags().BoolVar(&cmdutil.StackOnError, "stack-trace", false, "Print a stack-trace on failure")
	ctx = printer.WithContext(ctx, printer.New(cmd.OutOrStdout(), cmd.ErrOrStderr()))
	cmd.AddCommand(fn.GetCommand(ctx, "kpt"))
	return cmd
}

func main() {
	err := root(context.Background()).Execute()
	if err == nil {
		return
	}
	// The order in which kpt's main looks for what to print.
	if known, ok := resolver.ResolveError(err); ok {
		if known.Message != "" {
			fmt.Fprintln(os.Stderr, known.Message)
		}
		os.Exit(known.ExitCode)
	}
	var kptErr *kpterrors.Error
	if errors.As(err, &kptErr) {
		if inner, ok := kpterrors.UnwrapErrors(kptErr); ok {
			err = inner
		}
	}
	fmt.Fprintln(os.Stderr, "Error:", err)
	os.Exit(1)
}
