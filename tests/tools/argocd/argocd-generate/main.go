// Command argocd-generate renders one Argo CD Application the way the repo-server does,
// with the repo-server's own code, and prints the manifests as one JSON array (one
// element for each object, Lists already taken apart, the tracking label set).
//
// A source with "plugin:" is rendered by a running argocd-cmp-server, which is found
// through its socket in $ARGOCD_PLUGINSOCKFILEPATH; the environment that the plugin
// sees is made by Argo CD's code from the Application. Sources of type directory work
// too, and kustomize if a kustomize binary is on PATH.
//
// With -parameters it prints instead, as one JSON array, the parameters that the plugin announces to the UI.
//
//	argocd-generate -application app.yaml -repo DIR [-parameters] [-kube-version 1.34.0] [-api-versions A,B] [-revision SHA]
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
	"github.com/argoproj/argo-cd/v3/util/app/discovery"
	"github.com/argoproj/argo-cd/v3/util/cmp"
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
	parameters  = flag.Bool("parameters", false, "print the plugin's parameters, not the manifests")
	revision    = flag.String("revision", "0123456789abcdef0123456789abcdef01234567", "resolved revision")
)

func read() (*v1alpha1.Application, error) {
	text, err := os.ReadFile(*application)
	if err != nil {
		return nil, err
	}
	var app v1alpha1.Application
	if err := yaml.UnmarshalStrict(text, &app); err != nil {
		return nil, fmt.Errorf("%s: %w", *application, err)
	}
	return &app, nil
}

// announce asks the plugin server for its parameters, as the repo-server does when the UI shows an Application.
func announce(ctx context.Context) (any, error) {
	app, err := read()
	if err != nil {
		return nil, err
	}
	source := app.Spec.GetSource()
	if source.Plugin == nil {
		return nil, fmt.Errorf("%s: its source names no plugin", *application)
	}
	env, err := source.Plugin.Parameters.Environ()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(*repo, source.Path)
	conn, client, err := discovery.DetectConfigManagementPlugin(ctx, dir, *repo, source.Plugin.Name, env, nil)
	if err != nil {
		return nil, err
	}
	defer utilio.Close(conn)
	stream, err := client.GetParametersAnnouncement(ctx)
	if err != nil {
		return nil, err
	}
	if err := cmp.SendRepoStream(ctx, dir, *repo, stream, env, nil); err != nil {
		return nil, err
	}
	answer, err := stream.CloseAndRecv()
	if err != nil {
		return nil, err
	}
	return answer.ParameterAnnouncements, nil
}

func generate(ctx context.Context) (any, error) {
	app, err := read()
	if err != nil {
		return nil, err
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
	ask := generate
	if *parameters {
		ask = announce
	}
	answer, err := ask(context.Background())
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(answer)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "argocd-generate:", err)
		os.Exit(1)
	}
}
