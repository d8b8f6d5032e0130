package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"github.com/google/uuid"
	jsonpatch "gomodules.xyz/jsonpatch/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"github.com/kubeflow/spark-operator/v2/internal/controller/sparkapplication"
	"github.com/kubeflow/spark-operator/v2/internal/scheduler"
	"github.com/kubeflow/spark-operator/v2/internal/scheduler/kubescheduler"
	"github.com/kubeflow/spark-operator/v2/internal/scheduler/volcano"
	"github.com/kubeflow/spark-operator/v2/internal/scheduler/yunikorn"
	"github.com/kubeflow/spark-operator/v2/internal/webhook"
	"github.com/kubeflow/spark-operator/v2/pkg/common"
)

// flags are those of the operator's process that change what it makes, by the names that spark-render's
// configuration has for them.
type flags struct {
	UIService             *bool                     `json:"uiService"`
	IngressURLFormat      string                    `json:"ingressUrlFormat"`
	IngressClassName      string                    `json:"ingressClassName"`
	IngressTLS            []networkingv1.IngressTLS `json:"ingressTls"`
	IngressAnnotations    map[string]string         `json:"ingressAnnotations"`
	BatchScheduler        bool                      `json:"batchScheduler"`
	DefaultBatchScheduler string                    `json:"defaultBatchScheduler"`
	KubeSchedulerNames    []string                  `json:"kubeSchedulerNames"`
	DriverPDB             bool                      `json:"driverPdb"`
	// What a ResourceQuota of the namespace allows; enforced by the operator's validator where it is given.
	ResourceQuota corev1.ResourceList `json:"resourceQuota"`
}

func (f flags) options() sparkapplication.Options {
	options := sparkapplication.Options{
		EnableUIService:              f.UIService == nil || *f.UIService,
		IngressClassName:             f.IngressClassName,
		IngressURLFormat:             f.IngressURLFormat,
		IngressTLS:                   f.IngressTLS,
		IngressAnnotations:           f.IngressAnnotations,
		DefaultBatchScheduler:        f.DefaultBatchScheduler,
		KubeSchedulerNames:           f.KubeSchedulerNames,
		DriverPodCreationGracePeriod: 10 * time.Second,
		MaxTrackedExecutorPerApp:     1000,
	}
	// Operators before 2.6 have no such option.
	if field := reflect.ValueOf(&options).Elem().FieldByName("EnableDriverPDB"); field.IsValid() {
		field.SetBool(f.DriverPDB)
	}
	return options
}

func (f flags) schedulers() *scheduler.Registry {
	if !f.BatchScheduler {
		return nil
	}
	// The registry is one for the process: what is registered already stays.
	registry := scheduler.GetRegistry()
	_ = registry.Register(common.VolcanoSchedulerName, volcano.Factory)
	_ = registry.Register(yunikorn.SchedulerName, yunikorn.Factory)
	for _, name := range f.KubeSchedulerNames {
		_ = registry.Register(name, kubescheduler.Factory)
	}
	return registry
}

// application takes a SparkApplication from the API server's door to spark-submit.
func (s *session) application(ctx context.Context, r request, a *answer) {
	s.reconciler = nil
	kind, _ := r.Object["kind"].(string)
	definition := s.definitions[kind]
	a.Pruned = definition.prune(r.Object)
	encoded, _ := json.Marshal(r.Object)
	app := &v1beta2.SparkApplication{}
	if err := json.Unmarshal(encoded, app); err != nil {
		a.DecodeError = err.Error()
		a.SchemaErrors = definition.validate(r.Object)
		return
	}
	app.ResourceVersion, app.Status = "", v1beta2.SparkApplicationStatus{}
	app.UID = "00000000-0000-4000-8000-000000000001"
	if err := webhook.NewSparkApplicationDefaulter().Default(ctx, app); err != nil {
		a.DecodeError = "defaulter: " + err.Error()
		return
	}
	a.SchemaErrors = definition.validate(toObject(app))

	s.client = newClient(&v1beta2.SparkApplication{})
	quota := len(r.Flags.ResourceQuota) > 0
	if quota {
		check(s.client.Create(ctx, &corev1.ResourceQuota{
			ObjectMeta: metav1.ObjectMeta{Namespace: app.Namespace, Name: "quota"},
			Spec:       corev1.ResourceQuotaSpec{Hard: r.Flags.ResourceQuota},
			Status:     corev1.ResourceQuotaStatus{Hard: r.Flags.ResourceQuota},
		}))
	}
	if _, err := webhook.NewSparkApplicationValidator(s.client, quota).ValidateCreate(ctx, app); err != nil {
		a.ValidateError = err.Error()
	}
	s.key = types.NamespacedName{Namespace: app.Namespace, Name: app.Name}
	if err := s.client.Create(ctx, app.DeepCopy()); err != nil {
		a.SubmitError = "create: " + err.Error()
		return
	}
	s.posts.objects = nil
	s.reconciler = sparkapplication.NewReconciler(s.manager(s.client), scheme, s.client, newRecorder(), r.Flags.schedulers(),
		&sparkapplication.SparkSubmitter{}, r.Flags.options())
	capture := filepath.Join(s.home, uuid.New().String())
	check(os.Setenv(captureVariable, capture))
	defer os.Remove(capture)
	if err := s.reconcile(ctx); err != nil {
		a.SubmitError = err.Error()
	}
	now := &v1beta2.SparkApplication{}
	if err := s.client.Get(ctx, s.key, now); err == nil {
		a.State = string(now.Status.AppState.State)
		if a.SubmitError == "" {
			a.SubmitError = now.Status.AppState.ErrorMessage
		}
	}
	a.Submission = readSubmission(capture)
	a.Objects = s.objects(ctx)
}

// admission is the webhook's answer for a pod.
type admission struct {
	Error string `json:"error,omitempty"`
	// Its changes; what merely decoding a pod adds (`status: {}`) is not among them.
	Patch []jsonpatch.Operation `json:"patch,omitempty"`
}

// pods takes the pods of the application through the webhook; then the controller sees a running driver.
func (s *session) pods(ctx context.Context, r request, a *answer) {
	if s.reconciler == nil {
		a.SubmitError = "no application"
		return
	}
	defaulter := webhook.NewSparkPodDefaulter(s.client, nil)
	for _, given := range r.Pods {
		pod := &corev1.Pod{}
		encoded, _ := json.Marshal(given)
		if err := json.Unmarshal(encoded, pod); err != nil {
			a.Pods = append(a.Pods, admission{Error: err.Error()})
			continue
		}
		before, _ := json.Marshal(pod)
		if err := defaulter.Default(ctx, pod); err != nil {
			a.Pods = append(a.Pods, admission{Error: err.Error()})
		} else {
			after, _ := json.Marshal(pod)
			patch, err := jsonpatch.CreatePatch(before, after)
			check(err)
			a.Pods = append(a.Pods, admission{Patch: patch})
		}
		pod.ResourceVersion = ""
		_ = s.client.Create(ctx, pod)
	}
	for i := 0; i < 2; i++ {
		if err := s.reconcile(ctx); err != nil {
			a.SubmitError = err.Error()
		}
	}
	a.Objects = s.objects(ctx)
}

func (s *session) reconcile(ctx context.Context) error {
	_, err := s.reconciler.Reconcile(ctx, ctrl.Request{NamespacedName: s.key})
	return err
}

func (s *session) objects(ctx context.Context) []object {
	return append(append([]object{}, s.posts.objects...), objectsIn(ctx, s.client, made)...)
}
