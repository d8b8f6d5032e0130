"""The submissions of cases.toml, with their files laid out."""
import base64
import os
import tomllib
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))


def load(path=os.path.join(HERE, "cases.toml")):
    """Each case by name, with the defaults filled in. `{D}` in a value is the folder that lay_out makes."""
    with open(path, "rb") as f:
        table = tomllib.load(f)
    defaults = table.pop("defaults")
    cases = {}
    for name, given in table.items():
        case = {k.replace("-", "_"): v for k, v in {**defaults, **given}.items()}
        case["name"], case["conf"] = name, {**defaults["conf"], **given.get("conf", {})}
        case["main_class"] = case["main_class"] or None
        case["files"] = {k: from_folder(v) for k, v in case.get("files", {}).items()}
        cases[name] = case
    return cases


def from_folder(text):
    if not text.startswith("@"):
        return text
    with open(os.path.join(HERE, text[1:]), encoding="utf-8") as f:
        return f.read()


def lay_out(case, root):
    """Writes the case's files below root and returns the case with `{D}` replaced, and its folder."""
    folder = os.path.join(root, case["name"])
    os.makedirs(folder, exist_ok=True)
    for name, text in case["files"].items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        if name.endswith(".sh"):
            os.chmod(path, 0o755)
    for name, text in case.get("conf_dir_files", {}).items():
        path = os.path.join(folder, "conf-dir", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(base64.b64decode(text[len("base64:"):]) if text.startswith("base64:") else text.encode())
    if case.get("maven"):
        maven_repository(folder)
    return replaced(case, folder), folder


def replaced(value, folder):
    if isinstance(value, str):
        return value.replace("{D}", folder)
    if isinstance(value, dict):
        return {k: replaced(v, folder) for k, v in value.items()}
    if isinstance(value, list):
        return [replaced(v, folder) for v in value]
    return value


def maven_repository(folder):
    """com.example:tiny:1.0, which needs com.example:tinydep:1.0, in a repository of files."""
    dependency = ("<dependencies><dependency><groupId>com.example</groupId><artifactId>tinydep</artifactId>"
                  "<version>1.0</version></dependency></dependencies>")
    for artifact, needs in (("tiny", dependency), ("tinydep", "")):
        place = os.path.join(folder, "repo/com/example/%s/1.0" % artifact)
        os.makedirs(place, exist_ok=True)
        jar = os.path.join(place, artifact + "-1.0.jar")
        if not os.path.exists(jar):
            with zipfile.ZipFile(jar, "w") as z:
                z.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
        with open(os.path.join(place, artifact + "-1.0.pom"), "w", encoding="utf-8") as f:
            f.write("<project><modelVersion>4.0.0</modelVersion><groupId>com.example</groupId><artifactId>%s</artifactId>"
                    "<version>1.0</version>%s</project>" % (artifact, needs))
    with open(os.path.join(folder, "ivysettings.xml"), "w", encoding="utf-8") as f:
        f.write('<ivysettings><settings defaultResolver="c"/><caches defaultCacheDir="%s/ivycache"/><resolvers>'
                '<chain name="c"><ibiblio name="l" m2compatible="true" root="file://%s/repo/"/></chain></resolvers>'
                '</ivysettings>' % (folder, folder))
