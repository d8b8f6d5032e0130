"""Takes the jars out of a pyspark archive (wheel or source distribution): jars.py ARCHIVE DIR."""

import os
import shutil
import sys
import tarfile
import zipfile


def main():
    archive, directory = sys.argv[1:]
    os.makedirs(directory)

    def keep(name, file):
        if "/jars/" in name and name.endswith(".jar"):
            with open(os.path.join(directory, os.path.basename(name)), "wb") as out:
                shutil.copyfileobj(file, out)

    if archive.endswith(".whl"):
        with zipfile.ZipFile(archive) as wheel:
            for name in wheel.namelist():
                with wheel.open(name) as file:
                    keep(name, file)
    else:
        with tarfile.open(archive) as source:
            for member in source:
                if member.isfile():
                    keep(member.name, source.extractfile(member))


main()
