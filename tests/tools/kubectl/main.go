// Command kubectl is Kubernetes' own kubectl: the command tree of k8s.io/kubectl
// behind a main function. The main package that Kubernetes releases are built from
// lives in k8s.io/kubernetes, whose go.mod has replace directives, and so it cannot
// be installed with "go install"; the library that holds all the code can be imported.
package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	"k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
)

func main() {
	// As in Kubernetes: -v must be known before the command tree is made.
	logs.GlogSetter(cmd.GetLogVerbosity(os.Args))
	if err := cli.RunNoErrOutput(cmd.NewDefaultKubectlCommand()); err != nil {
		util.CheckErr(err) // prints the error as kubectl does, and exits
	}
}
