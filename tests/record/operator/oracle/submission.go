package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// submission is one call of spark-submit.
type submission struct {
	Args  []string          `json:"args"`
	Files map[string]string `json:"files"`
}

// Where the stand-in for spark-submit writes its submission.
const captureVariable = "ORACLE_CAPTURE"

// recordSubmission stands in for spark-submit: this program, called by that name. The operator deletes its pod
// template files afterwards, so their content is kept too.
func recordSubmission() {
	s := submission{Args: os.Args[1:], Files: map[string]string{}}
	for _, argument := range s.Args {
		if _, path, found := strings.Cut(argument, "podTemplateFile="); found {
			if content, err := os.ReadFile(path); err == nil {
				s.Files[path] = string(content)
			}
		}
	}
	encoded, err := json.Marshal(s)
	check(err)
	check(os.WriteFile(os.Getenv(captureVariable), encoded, 0o600))
}

// installSparkSubmit makes home a SPARK_HOME whose spark-submit is this program.
func installSparkSubmit(home string) {
	self, err := os.Executable()
	check(err)
	check(os.MkdirAll(filepath.Join(home, "bin"), 0o755))
	check(os.Symlink(self, filepath.Join(home, "bin", "spark-submit")))
	for name, value := range map[string]string{
		"SPARK_HOME": home, "KUBERNETES_SERVICE_HOST": "kubernetes.default.svc", "KUBERNETES_SERVICE_PORT": "443",
	} {
		check(os.Setenv(name, value))
	}
}

func readSubmission(path string) *submission {
	encoded, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	s := &submission{}
	if json.Unmarshal(encoded, s) != nil {
		return nil
	}
	return s
}
