//go:build !before24

package main

import (
	"context"
	"encoding/json"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/kubeflow/spark-operator/v2/api/v1alpha1"
	"github.com/kubeflow/spark-operator/v2/internal/controller/sparkconnect"
	"github.com/kubeflow/spark-operator/v2/internal/webhook"
)

func init() { check(v1alpha1.AddToScheme(scheme)) }

var connectKinds = []schema.GroupVersionKind{
	{Version: "v1", Kind: "ConfigMap"}, {Version: "v1", Kind: "Service"}, {Version: "v1", Kind: "Pod"},
}

// connect takes a SparkConnect to its server's Pod.
func (s *session) connect(ctx context.Context, r request, a *answer) {
	definition := s.definitions["SparkConnect"]
	a.Pruned = definition.prune(r.Object)
	encoded, _ := json.Marshal(r.Object)
	server := &v1alpha1.SparkConnect{}
	if err := json.Unmarshal(encoded, server); err != nil {
		a.DecodeError = err.Error()
		a.SchemaErrors = definition.validate(r.Object)
		return
	}
	server.ResourceVersion, server.Status = "", v1alpha1.SparkConnectStatus{}
	server.UID = "00000000-0000-4000-8000-000000000003"
	if err := webhook.NewSparkConnectDefaulter().Default(ctx, server); err != nil {
		a.DecodeError = "defaulter: " + err.Error()
		return
	}
	given := toObject(server)
	delete(given, "status") // what Go writes for an empty status is not what a user sends
	a.SchemaErrors = definition.validate(given)
	if _, err := webhook.NewSparkConnectValidator().ValidateCreate(ctx, server); err != nil {
		a.ValidateError = err.Error()
	}
	cluster := newClient(&v1alpha1.SparkConnect{})
	if err := cluster.Create(ctx, server); err != nil {
		a.SubmitError = "create: " + err.Error()
		return
	}
	reconciler := sparkconnect.NewReconciler(s.manager(cluster), scheme, cluster, newRecorder(), sparkconnect.Options{})
	key := types.NamespacedName{Namespace: server.Namespace, Name: server.Name}
	// Until there is a Pod: what comes later would be refused by a real API server, since specs of pods do not change.
	for step := 0; step < 3 && len(objectsIn(ctx, cluster, connectKinds[2:])) == 0; step++ {
		if _, err := reconciler.Reconcile(ctx, ctrl.Request{NamespacedName: key}); err != nil {
			a.SubmitError = err.Error()
		}
	}
	now := &v1alpha1.SparkConnect{}
	if err := cluster.Get(ctx, key, now); err == nil {
		a.State = string(now.Status.State)
	}
	a.Objects = objectsIn(ctx, cluster, connectKinds)
}
