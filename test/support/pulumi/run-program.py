"""Runs the program of a project as Pulumi's engine would and prints what it registered: `run-program.py TREE`.

Stack, project and configuration come from the variables that the engine sets: PULUMI_STACK, PULUMI_PROJECT and
PULUMI_CONFIG.
"""

import json
import runpy
import sys

import pulumi

sys.dont_write_bytecode = True
TREE = sys.argv[1]
sys.path.insert(0, TREE)
runpy.run_path(f"{TREE}/__main__.py", run_name="__main__")

print(
    json.dumps(
        {
            "resources": [
                {
                    "type": one._type,
                    "path": one._path,
                    "token": one._kind,
                    "name": one._name,
                    "layer": one._options.parent._name,
                    "needs": [other._name for other in one._options.depends_on],
                    "inputs": one._inputs,
                }
                for one in pulumi.REGISTERED
            ],
            "exports": pulumi.EXPORTED,
        }
    )
)
