package main

import (
	"errors"
	"io/fs"
	"os"
	"sort"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	structuraldefaulting "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	structuralpruning "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	apiservervalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"sigs.k8s.io/yaml"
)

// definition does what the API server does for a CustomResourceDefinition.
type definition struct {
	structural *structuralschema.Structural
	validator  apiservervalidation.SchemaValidator
}

// loadDefinition reads a CustomResourceDefinition; nil if this operator has none of that kind.
func loadDefinition(path string) (*definition, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var crd apiextensionsv1.CustomResourceDefinition
	if err := yaml.Unmarshal(content, &crd); err != nil {
		return nil, err
	}
	var validation apiextensions.CustomResourceValidation
	if err := apiextensionsv1.Convert_v1_CustomResourceValidation_To_apiextensions_CustomResourceValidation(crd.Spec.Versions[0].Schema, &validation, nil); err != nil {
		return nil, err
	}
	structural, err := structuralschema.NewStructural(validation.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	validator, _, err := apiservervalidation.NewSchemaValidator(validation.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	return &definition{structural, validator}, nil
}

// prune removes unknown fields and nulls, sets defaults, and returns the paths of the unknown fields.
func (d *definition) prune(o object) []string {
	if d == nil {
		return nil
	}
	options := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	pruned := structuralpruning.PruneWithOptions(o, d.structural, true, options)
	structuraldefaulting.PruneNonNullableNullsWithoutDefaults(o, d.structural)
	structuraldefaulting.Default(o, d.structural)
	return pruned
}

// validate returns what the schema refuses, sorted.
func (d *definition) validate(o object) []string {
	if d == nil {
		return nil
	}
	var messages []string
	for _, e := range apiservervalidation.ValidateCustomResource(nil, o, d.validator) {
		messages = append(messages, e.Error())
	}
	for _, e := range listtype.ValidateListSetsAndMaps(nil, d.structural, o) {
		messages = append(messages, e.Error())
	}
	sort.Strings(messages)
	return messages
}
