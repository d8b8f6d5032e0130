package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	podgroups "sigs.k8s.io/scheduler-plugins/apis/scheduling/v1alpha1"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"github.com/kubeflow/spark-operator/v2/internal/controller/sparkapplication"
)

// The kinds that an operator of this version knows; connect.go adds its own.
var scheme = runtime.NewScheme()

func init() {
	check(clientgoscheme.AddToScheme(scheme))
	check(v1beta2.AddToScheme(scheme))
	check(podgroups.AddToScheme(scheme))
}

// session keeps an application between the requests "application" and "pods".
type session struct {
	definitions map[string]*definition
	home        string
	server      *httptest.Server
	posts       *posts

	client     client.Client
	reconciler *sparkapplication.Reconciler
	key        types.NamespacedName
}

func newSession(home, definitions string) (*session, error) {
	s := &session{definitions: map[string]*definition{}, home: home, posts: &posts{}}
	for kind, file := range map[string]string{
		"SparkApplication": "sparkapplications", "ScheduledSparkApplication": "scheduledsparkapplications", "SparkConnect": "sparkconnects",
	} {
		d, err := loadDefinition(filepath.Join(definitions, "sparkoperator.k8s.io_"+file+".yaml"))
		if err != nil {
			return nil, err
		}
		s.definitions[kind] = d
	}
	s.server = httptest.NewServer(s.posts)
	return s, nil
}

// newClient is an empty cluster.
func newClient(withStatus client.Object) client.Client {
	return fake.NewClientBuilder().WithScheme(scheme).WithStatusSubresource(withStatus).Build()
}

// manager is what controllers ask of a manager.
type manager struct {
	ctrl.Manager
	config *rest.Config
	client client.Client
}

func (m manager) GetConfig() *rest.Config  { return m.config }
func (m manager) GetClient() client.Client { return m.client }

func (s *session) manager(c client.Client) manager {
	return manager{config: &rest.Config{Host: s.server.URL}, client: c}
}

// posts is an API server that knows the PodGroup CRD and keeps what is posted: Volcano's scheduler has a client of
// its own.
type posts struct {
	sync.Mutex
	objects []object
}

func (p *posts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case strings.Contains(r.URL.Path, "customresourcedefinitions"):
		fmt.Fprint(w, `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"podgroups.scheduling.volcano.sh"}}`)
	case r.Method == http.MethodPost:
		body, _ := io.ReadAll(r.Body)
		var o object
		if json.Unmarshal(body, &o) == nil {
			p.Lock()
			p.objects = append(p.objects, o)
			p.Unlock()
		}
		_, _ = w.Write(body)
	default:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"apiVersion":"v1","kind":"Status","status":"Failure","reason":"NotFound","code":404}`)
	}
}

// What a controller may have made.
var made = []schema.GroupVersionKind{
	{Version: "v1", Kind: "Service"},
	{Version: "v1", Kind: "ConfigMap"},
	{Group: "networking.k8s.io", Version: "v1", Kind: "Ingress"},
	{Group: "policy", Version: "v1", Kind: "PodDisruptionBudget"},
	{Group: "scheduling.x-k8s.io", Version: "v1alpha1", Kind: "PodGroup"},
}

// objectsIn lists the objects of kinds in the cluster.
func objectsIn(ctx context.Context, c client.Client, kinds []schema.GroupVersionKind) []object {
	var out []object
	for _, kind := range kinds {
		list, err := scheme.New(kind.GroupVersion().WithKind(kind.Kind + "List"))
		if err != nil || c.List(ctx, list.(client.ObjectList)) != nil {
			continue
		}
		items, _ := toObject(list)["items"].([]interface{})
		for _, item := range items {
			o := item.(object)
			o["apiVersion"], o["kind"] = kind.GroupVersion().String(), kind.Kind
			out = append(out, o)
		}
	}
	return out
}

func toObject(value interface{}) object {
	encoded, _ := json.Marshal(value)
	var o object
	_ = json.Unmarshal(encoded, &o)
	return o
}
