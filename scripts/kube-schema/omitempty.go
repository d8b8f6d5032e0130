// Prints which fields of Kubernetes' Go types no server keeps when they are empty: `omitempty`, and neither a pointer nor a struct.
//
//	go run omitempty.go VERSION...      0.37.1: of the modules k8s.io/api and k8s.io/apimachinery
//
// A line has a type and a field. Of a field that several of the versions have, all must leave it out. Types are read, not compiled:
// old versions need no old Go.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
)

// A package of one version: its types, and under which names its files import others.
type pkg struct {
	types   map[string]ast.Expr
	imports map[string]map[string]string // file of a type, name in the file, path
	file    map[string]string            // type, its file
}

type version struct {
	dirs map[string]string // module, folder
	pkgs map[string]*pkg
}

func main() {
	fields := map[string]map[string][]bool{}
	for _, number := range os.Args[1:] {
		v := version{map[string]string{}, map[string]*pkg{}}
		for _, module := range []string{"k8s.io/api", "k8s.io/apimachinery"} {
			v.dirs[module] = download(module + "@v" + number)
		}
		for _, path := range v.paths() {
			for name := range v.load(path).types {
				owner := short(path) + "." + name
				v.each(path, name, func(field string, omitted bool) {
					if fields[owner] == nil {
						fields[owner] = map[string][]bool{}
					}
					fields[owner][field] = append(fields[owner][field], omitted)
				})
			}
		}
	}
	var lines []string
	for owner, all := range fields {
		for field, omitted := range all {
			if !contains(omitted, false) {
				lines = append(lines, owner+"\t"+field)
			} else if contains(omitted, true) {
				fmt.Fprintf(os.Stderr, "%s.%s is left out by some versions only\n", owner, field)
			}
		}
	}
	sort.Strings(lines)
	fmt.Println(strings.Join(lines, "\n"))
}

func download(module string) string {
	out, err := exec.Command("go", "mod", "download", "-json", module).Output()
	check(err)
	var found struct{ Dir string }
	check(json.Unmarshal(out, &found))
	return found.Dir
}

// paths are the packages of API types, and that of their metadata.
func (v version) paths() []string {
	root := v.dirs["k8s.io/api"]
	files, err := filepath.Glob(root + "/*/*/types.go")
	check(err)
	paths := []string{"k8s.io/apimachinery/pkg/apis/meta/v1"}
	for _, file := range files {
		paths = append(paths, "k8s.io/api"+strings.TrimPrefix(filepath.Dir(file), root))
	}
	return paths
}

// short is `core.v1` of `k8s.io/api/core/v1`.
func short(path string) string {
	parts := strings.Split(path, "/")
	return strings.Join(parts[len(parts)-2:], ".")
}

func (v version) load(path string) *pkg {
	if found := v.pkgs[path]; found != nil {
		return found
	}
	p := &pkg{map[string]ast.Expr{}, map[string]map[string]string{}, map[string]string{}}
	v.pkgs[path] = p
	dir := ""
	for module, folder := range v.dirs {
		if strings.HasPrefix(path, module+"/") {
			dir = folder + strings.TrimPrefix(path, module)
		}
	}
	files, err := filepath.Glob(dir + "/*.go")
	check(err)
	for _, name := range files {
		if dir == "" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		check(err)
		p.imports[name] = map[string]string{}
		for _, one := range file.Imports {
			imported := strings.Trim(one.Path.Value, `"`)
			local := imported[strings.LastIndex(imported, "/")+1:]
			if one.Name != nil {
				local = one.Name.Name
			}
			p.imports[name][local] = imported
		}
		for _, decl := range file.Decls {
			if general, ok := decl.(*ast.GenDecl); ok {
				for _, spec := range general.Specs {
					if named, ok := spec.(*ast.TypeSpec); ok {
						p.types[named.Name.Name], p.file[named.Name.Name] = named.Type, name
					}
				}
			}
		}
	}
	return p
}

// each calls body for every field of a struct, those of embedded structs among them.
func (v version) each(path, name string, body func(field string, omitted bool)) {
	structure, ok := v.load(path).types[name].(*ast.StructType)
	if !ok {
		return
	}
	for _, field := range structure.Fields.List {
		if field.Tag == nil {
			continue
		}
		options := strings.Split(reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("json"), ",")
		if len(field.Names) == 0 && options[0] == "" {
			if inner, at := v.named(path, name, field.Type); inner != "" {
				v.each(at, inner, body)
			}
		} else if options[0] != "-" && options[0] != "" {
			body(options[0], contains(options, "omitempty") && v.isPlain(path, name, field.Type))
		}
	}
}

// named says which type of which package an expression in the file of path.owner names.
func (v version) named(path, owner string, expr ast.Expr) (string, string) {
	switch expr := expr.(type) {
	case *ast.Ident:
		return expr.Name, path
	case *ast.SelectorExpr:
		p := v.load(path)
		return expr.Sel.Name, p.imports[p.file[owner]][expr.X.(*ast.Ident).Name]
	}
	return "", ""
}

// isPlain says whether encoding/json takes the zero value for empty: scalars, lists and maps.
func (v version) isPlain(path, owner string, expr ast.Expr) bool {
	switch expr.(type) {
	case *ast.ArrayType, *ast.MapType:
		return true
	}
	name, at := v.named(path, owner, expr)
	switch name {
	case "":
		return false
	case "string", "bool", "int", "int32", "int64", "uint8", "float64", "byte":
		return true
	}
	underlying := v.load(at).types[name]
	return underlying != nil && v.isPlain(at, name, underlying)
}

func contains[T comparable](list []T, wanted T) bool {
	for _, one := range list {
		if one == wanted {
			return true
		}
	}
	return false
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
