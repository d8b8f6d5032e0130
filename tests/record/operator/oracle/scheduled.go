package main

import (
	"context"
	"encoding/json"
	"time"

	"k8s.io/apimachinery/pkg/types"
	clocktesting "k8s.io/utils/clock/testing"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"github.com/kubeflow/spark-operator/v2/internal/controller/scheduledsparkapplication"
	"github.com/kubeflow/spark-operator/v2/internal/webhook"
)

// The moment at which a schedule is created.
var epoch = time.Date(2026, 1, 15, 10, 30, 30, 0, time.UTC)

// How many times of a schedule are followed.
const runs = 3

// scheduled follows a ScheduledSparkApplication by a clock of its own.
func (s *session) scheduled(ctx context.Context, r request, a *answer) {
	definition := s.definitions["ScheduledSparkApplication"]
	a.Pruned = definition.prune(r.Object)
	a.SchemaErrors = definition.validate(r.Object)
	encoded, _ := json.Marshal(r.Object)
	app := &v1beta2.ScheduledSparkApplication{}
	if err := json.Unmarshal(encoded, app); err != nil {
		a.DecodeError = err.Error()
		return
	}
	if _, err := webhook.NewScheduledSparkApplicationValidator().ValidateCreate(ctx, app); err != nil {
		a.ValidateError = err.Error()
	}
	cluster := newClient(&v1beta2.ScheduledSparkApplication{})
	app.UID = "00000000-0000-4000-8000-000000000002"
	if err := cluster.Create(ctx, app); err != nil {
		a.SubmitError = err.Error()
		return
	}
	clock := clocktesting.NewFakeClock(epoch)
	reconciler := scheduledsparkapplication.NewReconciler(scheme, cluster, newRecorder(), clock, scheduledsparkapplication.Options{})
	key := types.NamespacedName{Namespace: app.Namespace, Name: app.Name}
	for {
		for step := 0; step < 2; step++ {
			if _, err := reconciler.Reconcile(ctx, ctrl.Request{NamespacedName: key}); err != nil {
				a.SubmitError = err.Error()
			}
		}
		now := &v1beta2.ScheduledSparkApplication{}
		_ = cluster.Get(ctx, key, now)
		a.State = string(now.Status.ScheduleState)
		if now.Status.Reason != "" {
			a.SubmitError = now.Status.Reason
		}
		if now.Status.NextRun.IsZero() || len(a.Next) == runs {
			break
		}
		a.Next = append(a.Next, now.Status.NextRun.UTC().Format(time.RFC3339))
		clock.SetTime(now.Status.NextRun.Add(time.Second))
	}
	list := &v1beta2.SparkApplicationList{}
	_ = cluster.List(ctx, list)
	for i := range list.Items {
		a.Objects = append(a.Objects, toObject(&list.Items[i]))
	}
}
