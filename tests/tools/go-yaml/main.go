// Command goyaml reads a stream of YAML documents from standard input with one of the
// two YAML readers of the Kubernetes world, and prints one JSON array of the documents.
//
//	goyaml v2 < manifests.yaml     as kubectl apply, the API server and Argo CD directories
//	goyaml v3 < manifests.yaml     as kustomize, kubectl kustomize and KRM functions (kyaml)
//
// The two differ: v2 knows YAML 1.1 booleans (yes, on, y) and lets the last of two equal
// keys win in silence; v3 keeps such words as strings, refuses equal keys, and turns
// unquoted dates into timestamps. Empty documents are left out. Whole numbers keep all
// their digits. The exit code is 1, with a message and no JSON, if a document cannot be
// read or has no JSON form (.nan, a map as key).
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	yamlv3 "go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime"
	apiyaml "k8s.io/apimachinery/pkg/util/yaml"
)

// readV2 is the loop of kubectl's own reader (StreamVisitor in k8s.io/cli-runtime): the
// same decoder, which splits the stream at lines that begin with "---", takes JSON too,
// and reads each document with sigs.k8s.io/yaml, a descendant of go-yaml v2.
func readV2(in io.Reader) ([]json.RawMessage, error) {
	docs := []json.RawMessage{}
	decoder := apiyaml.NewYAMLOrJSONDecoder(in, 4096)
	for {
		doc := runtime.RawExtension{}
		if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
			return docs, nil
		} else if err != nil {
			return nil, err
		}
		raw := bytes.TrimSpace(doc.Raw)
		if len(raw) != 0 && !bytes.Equal(raw, []byte("null")) {
			docs = append(docs, raw)
		}
	}
}

// readV3 reads with go.yaml.in/yaml/v3, the module that kyaml imports (it goes on where
// gopkg.in/yaml.v3 stopped). A map with a key that is not a string has no JSON form here,
// as in kyaml.
func readV3(in io.Reader) ([]json.RawMessage, error) {
	docs := []json.RawMessage{}
	decoder := yamlv3.NewDecoder(in)
	for {
		var doc any
		if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
			return docs, nil
		} else if err != nil {
			return nil, err
		}
		if doc == nil {
			continue
		}
		raw, err := json.Marshal(doc)
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", len(docs)+1, err)
		}
		docs = append(docs, raw)
	}
}

func main() {
	readers := map[string]func(io.Reader) ([]json.RawMessage, error){"v2": readV2, "v3": readV3}
	if len(os.Args) != 2 || readers[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: goyaml v2|v3 < FILE")
		os.Exit(2)
	}
	docs, err := readers[os.Args[1]](os.Stdin)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(docs)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "goyaml %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}
