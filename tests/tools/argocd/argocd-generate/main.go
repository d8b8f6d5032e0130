// Command argocd-generate renders one Argo CD Application the way the repo-server does,
// with the repo-server's own code, and prints the manifests as one JSON array (one
// element for each object, Lists already taken apart, the tracking label set).
//
// A source with "plugin:" is rendered by a running argocd-cmp-server, which is found
// through its socket in $ARGOCD_PLUGINSOCKFILEPATH; the environment that the plugin
// sees is made by Argo CD's code from the Application. Sources of type directory work
// too, and kustomize if a kustomize binary is on PATH.
//
//	argocd-generate -application app.yaml -repo DIR [-kube-version 1.34.0] [-api-versions A,B] [-revision SHA]
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/reposerver/repository"
	"github.com/argoproj/argo-cd/v3/util/git"
	utilio "github.com/argoproj/argo-cd/v3/util/io"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"
)

var (
	application = flag.String("application", "", "file with the Application")
	repo        = flag.String("repo", "", "directory that stands for the checked-out repository")
	kubeVersion = flag.String("kube-version", "1.34.0", "version of the destination cluster")
	apiVersions = flag.String("api-versions", "v1,apps/v1,batch/v1", "API versions of the destination cluster")
	revision    = flag.String("revision", "0123456789abcdef0123456789abcdef01234567", "resolved revision")
)

func generate(ctx context.Context) ([]json.RawMessage, error) {
	text, err := os.ReadFile(*application)
	if err != nil {
		return nil, err
	}
	var app v1alpha1.Application
	if err := yaml.UnmarshalStrict(text, &app); err != nil {
		return nil, fmt.Errorf("%s: %w", *application, err)
	}
	source := app.Spec.GetSource()
	root, err := filepath.Abs(*repo)
	if err != nil {
		return nil, err
	}
	response, err := repository.GenerateManifests(ctx, filepath.Join(root, source.Path), root, *revision,
		&apiclient.ManifestRequest{
			Repo:              &v1alpha1.Repository{Repo: source.RepoURL},
			Revision:          *revision,
			AppLabelKey:       "app.kubernetes.io/instance",
			AppName:           app.InstanceName("argocd"),
			Namespace:         app.Spec.Destination.Namespace,
			ApplicationSource: &source,
			KubeVersion:       *kubeVersion,
			ApiVersions:       strings.Split(*apiVersions, ","),
			TrackingMethod:    string(v1alpha1.TrackingMethodAnnotation),
			ProjectName:       app.Spec.Project,
		},
		false, git.NoopCredsStore{}, resource.MustParse("0"), utilio.NewRandomizedTempPaths(root))
	if err != nil {
		return nil, err
	}
	manifests := []json.RawMessage{}
	for _, m := range response.Manifests {
		manifests = append(manifests, json.RawMessage(m))
	}
	return manifests, nil
}

func main() {
	flag.Parse()
	if *application == "" || *repo == "" || flag.NArg() != 0 {
		flag.Usage()
		os.Exit(2)
	}
	manifests, err := generate(context.Background())
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(manifests)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "argocd-generate:", err)
		os.Exit(1)
	}
}
