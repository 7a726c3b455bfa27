"""Shows resources to the policies of a pack, as Pulumi's engine would, and prints what they report:
`run-policies.py PACK STACK < resources.json`, where each resource has name, token and inputs."""

import json
import runpy
import sys

import pulumi_policy

sys.dont_write_bytecode = True
PACK, STACK = sys.argv[1:]
sys.path.insert(0, PACK)
runpy.run_path(f"{PACK}/__main__.py", run_name="__main__")

(pack,) = pulumi_policy.PACKS
reported = []
for resource in json.load(sys.stdin):
    urn = f"urn:pulumi:{STACK}::event-driven::{resource['token']}::{resource['name']}"
    args = pulumi_policy.ResourceValidationArgs(resource["token"], resource["inputs"], urn, resource["name"])
    for policy in pack.policies:
        policy.validate(args, lambda problem, name=policy.name: reported.append({"policy": name, "problem": problem}))
print(json.dumps({"level": pack.enforcement_level.value, "policies": [one.name for one in pack.policies], "reported": reported}))
