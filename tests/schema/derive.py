#!/usr/bin/env python3
"""Derive 'which field exists in which Kubernetes minor' from the JSON schemas that two
PyPI releases of kubernetes-validate ship (build.sh fetches them):

  dl/kv127 : kubernetes-validate 1.27.1 (sdist)  -> 1.16 .. 1.24 are taken from it
  dl/kv137 : kubernetes-validate 1.37.0 (wheel)  -> 1.25 .. 1.37 are taken from it

Outputs (in $KUBE_SCHEMA_DIR/out, by default next to this file):
  fields.json        compact: GVK table + per-type property table with version intervals
  fields.pretty.json same data, indented
  paths.tsv          GVK <tab> field path <tab> intervals <tab> type
  fields.md          human-readable: everything Pod/Service gained (or lost) after 1.16
Only the standard library is used.
"""
import json, os, re, sys
from collections import OrderedDict, defaultdict

HERE = os.environ.get('KUBE_SCHEMA_DIR') or os.path.dirname(os.path.abspath(__file__))
LO, HI = 16, 37
SPLIT = 25            # first minor taken from the 1.37.0 wheel
P127 = HERE + '/dl/kv127/src/kubernetes_validate/kubernetes-json-schema/v1.%d.0-local/_definitions.json'
P137 = HERE + '/dl/kv137/kubernetes_validate/kubernetes-json-schema/v1.%d.0-local/_definitions.json'
OUT = HERE + '/out'

# group/version/kind roots of the renderer
ROOTS = [
 ('v1','Pod'),('v1','Service'),('v1','ConfigMap'),('v1','Secret'),('v1','PersistentVolumeClaim'),
 ('v1','ServiceAccount'),('v1','PodTemplate'),
 ('rbac.authorization.k8s.io/v1','Role'),('rbac.authorization.k8s.io/v1','RoleBinding'),
 ('rbac.authorization.k8s.io/v1','ClusterRole'),('rbac.authorization.k8s.io/v1','ClusterRoleBinding'),
 ('extensions/v1beta1','Ingress'),('networking.k8s.io/v1beta1','Ingress'),('networking.k8s.io/v1','Ingress'),
 ('batch/v1','Job'),('batch/v2alpha1','CronJob'),('batch/v1beta1','CronJob'),('batch/v1','CronJob'),
 ('apps/v1','StatefulSet'),
 ('policy/v1beta1','PodDisruptionBudget'),('policy/v1','PodDisruptionBudget'),
 ('networking.k8s.io/v1','NetworkPolicy'),
 ('admissionregistration.k8s.io/v1beta1','MutatingWebhookConfiguration'),
 ('admissionregistration.k8s.io/v1','MutatingWebhookConfiguration'),
 ('admissionregistration.k8s.io/v1beta1','ValidatingWebhookConfiguration'),
 ('admissionregistration.k8s.io/v1','ValidatingWebhookConfiguration'),
]
# not asked for, useful next to the above (kept in the same tables, marked "extra")
EXTRA = [
 ('v1','Namespace'),('apps/v1','Deployment'),('scheduling.k8s.io/v1','PriorityClass'),
 ('coordination.k8s.io/v1','Lease'),('networking.k8s.io/v1','IngressClass'),
 ('v1','PersistentVolume'),('v1','ResourceQuota'),('v1','LimitRange'),
]
STRIP = ('io.k8s.api.', 'io.k8s.apimachinery.pkg.apis.', 'io.k8s.apimachinery.pkg.')

def short(n):
    for s in STRIP:
        if n.startswith(s):
            return n[len(s):]
    return n

SCALAR = {  # definitions that are scalars/opaque on the wire
 'io.k8s.apimachinery.pkg.api.resource.Quantity': 'q',
 'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'is',
 'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 't',
 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'tu',
 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'o',
 'io.k8s.apimachinery.pkg.runtime.RawExtension': 'o',
}

def load(m):
    if m < SPLIT:
        return json.load(open(P127 % m))['definitions']
    return json.load(open(P137 % m))['$defs']

def sig(p):
    """type signature of a property schema (version independent notation)
       s string, i int32, l int64, n number, b bool, t time, q quantity, is int-or-string,
       y base64 bytes, o free object, []X list, {}X map, otherwise a type name"""
    if '$ref' in p and isinstance(p['$ref'], str):
        n = p['$ref'].split('/')[-1]
        return SCALAR.get(n, short(n))
    t = p.get('type')
    if isinstance(t, list):
        t = [x for x in t if x != 'null'][0]
    if t == 'array':
        return '[]' + sig(p['items'])
    if t == 'object':
        ap = p.get('additionalProperties')
        return '{}' + sig(ap) if isinstance(ap, dict) else 'o'
    if t == 'string':
        return {'byte': 'y', 'date-time': 't'}.get(p.get('format'), 's')
    if t == 'integer':
        return 'l' if p.get('format') == 'int64' else 'i'
    if t == 'boolean':
        return 'b'
    if t == 'number':
        return 'n'
    if 'oneOf' in p:
        return 'is'
    return 'o'

def prop(p, req):
    """(signature, required, list kind) - everything about one property in one version"""
    r = {'t': sig(p), 'r': bool(req)}
    lt = p.get('x-kubernetes-list-type') or p.get('x-kubernetes-map-type')
    if lt:
        r['lt'] = lt
    if p.get('x-kubernetes-list-map-keys'):
        r['k'] = p['x-kubernetes-list-map-keys']
    if p.get('x-kubernetes-patch-merge-key'):
        r['mk'] = p['x-kubernetes-patch-merge-key']
    if p.get('x-kubernetes-patch-strategy'):
        r['ms'] = p['x-kubernetes-patch-strategy']
    return r

def intervals(vs):
    out = []
    for v in sorted(vs):
        if out and out[-1][1] == v - 1:
            out[-1][1] = v
        else:
            out.append([v, v])
    return out

def ivtext(iv):
    """'' = always; '23' = since 1.23; '-24' = until 1.24; '16-19' closed; several joined by ','"""
    t = []
    for a, b in iv:
        if a == LO and b == HI: t.append('')
        elif b == HI: t.append('%d' % a)
        elif a == LO: t.append('-%d' % b)
        else: t.append('%d-%d' % (a, b))
    return ','.join(t)

def main():
    os.makedirs(OUT, exist_ok=True)
    D = {m: load(m) for m in range(LO, HI + 1)}
    # --- GVK table
    gvk = defaultdict(dict)     # (apiVersion, kind) -> {minor: definition name}
    for m, defs in D.items():
        for n, d in defs.items():
            x = d.get('x-kubernetes-group-version-kind') or []
            if isinstance(x, list) and len(x) == 1:
                g = x[0]
                av = (g['group'] + '/' if g['group'] else '') + g['version']
                if not g['kind'].endswith('List'):
                    gvk[(av, g['kind'])][m] = n
    # --- reachable definitions
    def refs(o, acc):
        if isinstance(o, dict):
            for k, v in o.items():
                if k == '$ref' and isinstance(v, str): acc.add(v.split('/')[-1])
                else: refs(v, acc)
        elif isinstance(o, list):
            for v in o: refs(v, acc)
    def closure(roots):
        seen = set()
        for m, defs in D.items():
            todo = [gvk[r][m] for r in roots if m in gvk.get(r, {})]
            loc = set()
            while todo:
                n = todo.pop()
                if n in loc or n in SCALAR or n not in defs: continue
                loc.add(n)
                acc = set(); refs(defs[n].get('properties', {}), acc)
                todo += acc
            seen |= loc
        return seen
    core = closure(ROOTS)
    alln = closure(ROOTS + EXTRA)
    # --- property table
    types = OrderedDict()
    hist = {}            # short type -> prop -> {minor: propdict}
    for n in sorted(alln, key=short):
        s = short(n)
        vers = [m for m in D if n in D[m]]
        h = defaultdict(dict)
        for m in vers:
            d = D[m][n]
            for p, ps in d.get('properties', {}).items():
                h[p][m] = prop(ps, p in d.get('required', []))
        hist[s] = h
        ent = OrderedDict()
        for p in sorted(h):
            # merge equal type signatures into intervals
            bysig = OrderedDict()
            for m in sorted(h[p]):
                bysig.setdefault(h[p][m]['t'], []).append(m)
            txt = '|'.join(t + ('@' + ivtext(intervals(ms)) if ivtext(intervals(ms)) else '') for t, ms in bysig.items())
            rq = [m for m in h[p] if h[p][m]['r']]
            if rq:
                all_ = sorted(h[p])
                txt += '!' if sorted(rq) == all_ else '!' + ivtext(intervals(rq))
            last = h[p][max(h[p])]
            if 'k' in last: txt += '#' + '+'.join(last['k'])
            elif last.get('mk'): txt += '~' + last['mk']
            ent[p] = txt
        types[s] = ent
    def typeiv(s, n):
        return ivtext(intervals([m for m in D if n in D[m]]))
    full = {short(n): n for n in alln}
    out = OrderedDict()
    out['about'] = ('versions are minors of 1.x, %d..%d; "type@iv!req#listmapkeys~mergekey"; iv: ""=always, "23"=since, "-24"=until, "16-19"; '
                    's,i,l,n,b,t,q,is,y,o scalars, []X list, {}X map') % (LO, HI)
    out['min'], out['max'] = LO, HI
    out['kinds'] = OrderedDict()
    for r in ROOTS + EXTRA:
        vs = gvk.get(r, {})
        if vs:
            out['kinds'][r[0] + '/' + r[1]] = [short(vs[max(vs)]), ivtext(intervals(vs))]
    out['types'] = types
    tiv = OrderedDict((s, typeiv(s, full[s])) for s in types if typeiv(s, full[s]))
    out['typeIntervals'] = tiv
    comp = json.dumps(out, separators=(',', ':'))
    open(OUT + '/fields.json', 'w').write(comp)
    json.dump(out, open(OUT + '/fields.pretty.json', 'w'), indent=1)
    # without meta 'extra' and status types: what the renderer needs to embed
    NOSTATUS = {k: v for k, v in types.items() if full[k] in core and not re.search(r'(Status|Condition)$', k)
                and not k.startswith('core.v1.ContainerState') and k not in ('meta.v1.ManagedFieldsEntry',)}
    open(OUT + '/fields.min.json', 'w').write(json.dumps({'min': LO, 'max': HI,
        'kinds': {k: v for k, v in out['kinds'].items() if tuple(k.rsplit('/', 1)) in ROOTS},
        'types': NOSTATUS}, separators=(',', ':')))
    # --- all GVKs
    with open(OUT + '/gvk.tsv', 'w') as f:
        for (av, k), vs in sorted(gvk.items()):
            f.write('%s\t%s\t%s\n' % (av, k, ivtext(intervals(vs)) or 'all'))
    # --- paths
    paths = OrderedDict()
    for r in ROOTS + EXTRA:
        acc = defaultdict(dict)
        def walk(m, n, pre, stack):
            d = D[m][n]
            for p, ps in d.get('properties', {}).items():
                s = sig(ps); path = pre + '.' + p if pre else p
                acc[path][m] = s
                q = ps; suf = ''
                while True:
                    if '$ref' in q and isinstance(q['$ref'], str):
                        nn = q['$ref'].split('/')[-1]
                        if nn not in SCALAR and nn in D[m] and nn not in stack:
                            walk(m, nn, path + suf, stack | {nn})
                        break
                    if 'items' in q: suf += '[]'; q = q['items']; continue
                    if isinstance(q.get('additionalProperties'), dict): suf += '{}'; q = q['additionalProperties']; continue
                    break
        for m in D:
            if m in gvk.get(r, {}):
                walk(m, gvk[r][m], '', {gvk[r][m]})
        paths[r] = acc
    with open(OUT + '/paths.tsv', 'w') as f:
        for r, acc in paths.items():
            for p in sorted(acc):
                f.write('%s/%s\t%s\t%s\t%s\n' % (r[0], r[1], p, ivtext(intervals(acc[p])) or 'all', acc[p][max(acc[p])]))
    # changed list of required / types
    with open(OUT + '/changes.tsv', 'w') as f:
        f.write('type\tproperty\twhat\tdetail\n')
        for s in types:
            for p, h in sorted(hist[s].items()):
                ms = sorted(h)
                for a, b in zip(ms, ms[1:]):
                    for k in ('t', 'r', 'k', 'mk', 'ms', 'lt'):
                        if h[a].get(k) != h[b].get(k):
                            f.write('%s\t%s\t%s\t1.%d %r -> 1.%d %r\n' % (s, p, {'t':'type','r':'required','k':'list-map-keys','mk':'patch-merge-key','ms':'patch-strategy','lt':'list/map-type'}[k], a, h[a].get(k), b, h[b].get(k)))
    # statistics
    npaths = {('%s/%s' % r): len(a) for r, a in paths.items()}
    print('types core/all', len(core), len(alln), 'props', sum(len(v) for v in types.values()))
    for f in ('fields.json', 'fields.min.json', 'paths.tsv', 'gvk.tsv', 'changes.tsv'):
        b = open(OUT + '/' + f, 'rb').read()
        import gzip
        print(f, len(b), 'gz', len(gzip.compress(b, 9)))
    print(npaths)
    return D, gvk, hist, types, full, paths

if __name__ == '__main__':
    main()
