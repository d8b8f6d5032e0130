// Command oracle runs the Spark operator's own code on resources and prints what the operator makes of them.
//
// It is laid over the module github.com/kubeflow/spark-operator/v2 as cmd/oracle (`build.sh`), because the operator's
// packages are internal; it contains calls only and no copy of the operator.
//
//	oracle CRDS        CRDS: the folder of the chart's CustomResourceDefinitions
//
// One JSON request a line on standard input, one JSON answer a line on standard output:
//
//	{"cmd":"read","text":"…"}                  a document as kubectl reads it
//	{"cmd":"application","object":{…},"flags":{…}}  pruning, schema, defaulter, validator, controller up to spark-submit
//	{"cmd":"pods","pods":[…]}                  of the same application: the pod webhook, then the controller's next step
//	{"cmd":"scheduled","object":{…}}           a ScheduledSparkApplication: three times of its schedule and their runs
//	{"cmd":"connect","object":{…}}             a SparkConnect: its ConfigMap, Pod and Service
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/yaml"

	"github.com/kubeflow/spark-operator/v2/pkg/util"
)

type object = map[string]interface{}

type request struct {
	Command string   `json:"cmd"`
	Object  object   `json:"object"`
	Flags   flags    `json:"flags"`
	Pods    []object `json:"pods"`
	Text    string   `json:"text"`
}

// answer holds what the operator said and made; absent fields mean "nothing".
type answer struct {
	Object object `json:"object,omitempty"`
	// Fields that the API server prunes.
	Pruned []string `json:"pruned,omitempty"`
	// Why the resource is refused, by the one that refuses it.
	DecodeError   string   `json:"decodeError,omitempty"`
	SchemaErrors  []string `json:"schemaErrors,omitempty"`
	ValidateError string   `json:"validateError,omitempty"`
	SubmitError   string   `json:"submitError,omitempty"`
	Panic         string   `json:"panic,omitempty"`
	State         string   `json:"state,omitempty"`
	// The command line of spark-submit, and the pod template files that it names.
	Submission *submission `json:"submission,omitempty"`
	// What the webhook did to each pod.
	Pods []admission `json:"pods,omitempty"`
	// What controllers made.
	Objects []object `json:"objects,omitempty"`
	// Times of a schedule.
	Next []string `json:"next,omitempty"`
}

func main() {
	if filepath.Base(os.Args[0]) == "spark-submit" {
		recordSubmission()
		return
	}
	log.SetLogger(logr.Discard())
	home, err := os.MkdirTemp("", "oracle")
	check(err)
	defer os.RemoveAll(home)
	installSparkSubmit(home)
	util.IngressCapabilities = util.Capabilities{"networking.k8s.io/v1": true}

	session, err := newSession(home, os.Args[1])
	check(err)
	defer session.server.Close()
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 1 {
			encoded, e := json.Marshal(session.handle(line))
			check(e)
			_, _ = out.Write(append(encoded, '\n'))
			check(out.Flush())
		}
		if err != nil {
			return
		}
	}
}

// handle answers one request; a panic of the operator's code is an answer, too.
func (s *session) handle(line []byte) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			a.Panic = fmt.Sprint(p)
		}
	}()
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return answer{DecodeError: err.Error()}
	}
	ctx := context.Background()
	switch r.Command {
	case "read":
		if err := yaml.Unmarshal([]byte(r.Text), &a.Object); err != nil {
			a.DecodeError = err.Error()
		}
	case "application":
		s.application(ctx, r, &a)
	case "pods":
		s.pods(ctx, r, &a)
	case "scheduled":
		s.scheduled(ctx, r, &a)
	case "connect":
		s.connect(ctx, r, &a)
	default:
		a.DecodeError = "unknown command " + r.Command
	}
	return a
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(2)
	}
}
