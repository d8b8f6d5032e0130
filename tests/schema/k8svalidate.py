#!/usr/bin/env python3
"""k8svalidate.py -k 1.20 [--allow-unknown-kinds] file.yaml...   strict, offline, all errors, 1.16..1.37; needs jsonschema+pyyaml.
Checks structure/required/type/unknown fields AND, beyond kubernetes-validate: duplicate YAML keys, null values, quantity regex."""
import argparse, json, os, re, sys, yaml, jsonschema
H = os.environ.get('KUBE_SCHEMA_DIR') or os.path.dirname(os.path.abspath(__file__))
QRE = re.compile(r'^[+-]?(\d+(\.\d*)?|\.\d+)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)?$')
class L(yaml.SafeLoader): pass
def nodup(l, n, deep=False):
    seen = set()
    for k, _ in n.value:
        kk = l.construct_object(k, deep=True)
        if kk in seen: raise yaml.constructor.ConstructorError(None, None, 'duplicate key %r' % kk, k.start_mark)
        seen.add(kk)
    l.flatten_mapping(n); return yaml.SafeLoader.construct_mapping(l, n, deep)
L.add_constructor('tag:yaml.org,2002:map', nodup)
def main():
    a = argparse.ArgumentParser(); a.add_argument('-k', required=True); a.add_argument('--allow-unknown-kinds', action='store_true'); a.add_argument('files', nargs='+'); a = a.parse_args()
    S = json.load(open('%s/out/schemas/%s.json' % (H, a.k.lstrip('v')))); rc = 0
    S['definitions']['api.resource.Quantity'] = {'anyOf': [{'type': 'number'}, {'type': 'string', 'pattern': QRE.pattern}]}
    for f in a.files:
        try: docs = [d for d in yaml.load_all(sys.stdin if f == '-' else open(f), L) if d]
        except yaml.YAMLError as e: print('ERROR %s: yaml: %s' % (f, str(e).replace('\n', ' '))); rc = 1; continue
        for d in docs:
            for o in (d['items'] if d.get('kind') == 'List' else [d]):
                key = '%s/%s' % (o.get('apiVersion'), o.get('kind')); nm = '%s %s %s' % (f, key, o.get('metadata', {}).get('name'))
                if key not in S['kinds']:
                    print('%s %s: no such kind in %s' % ('WARN' if a.allow_unknown_kinds else 'ERROR', nm, a.k)); rc |= 0 if a.allow_unknown_kinds else 1; continue
                es = sorted(jsonschema.Draft7Validator({'$ref': '#/definitions/' + S['kinds'][key], 'definitions': S['definitions']}).iter_errors(o), key=lambda e: str(list(e.absolute_path)))
                for e in es: print('ERROR %s: %s: %s' % (nm, '.'.join(map(str, e.absolute_path)), e.message[:160])); rc = 1
                if not es: print('OK %s' % nm)
    return rc
if __name__ == '__main__': sys.exit(main())
