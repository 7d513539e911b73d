"""Whether what a stand-in answers is what the models of AWS's own SDK describe: no other member, none of another type, no required one missing."""

import json
import sys
import xml.etree.ElementTree as ET

import awscli.botocore.session as sessions

url, role = sys.argv[1:]
problems = []
seen = []


def walk(shape, value, where, kind):
    if value is None:
        problems.append(f"{where} has no value")
    elif shape.type_name == "structure":
        members = value if kind == "json" else {local(child): child for child in value}
        for name in members.keys() - shape.members.keys():
            problems.append(f"{where} has {name}, which the model has not")
        for name in set(shape.required_members) - members.keys():
            # IAM leaves it out while a report is made, though the model requires it.
            if name != "JobCompletionDate":
                problems.append(f"{where} has no {name}")
        for name in members.keys() & shape.members.keys():
            walk(shape.members[name], members[name], f"{where}.{name}", kind)
    elif shape.type_name == "list":
        for number, each in enumerate(value):
            if kind == "xml" and local(each) != "member":
                problems.append(f"{where} has {local(each)}")
            walk(shape.member, each, f"{where}[{number}]", kind)
    elif kind == "json" and not isinstance(value, str if shape.type_name == "string" else (int, float)):
        problems.append(f"{where} is {value!r}, not {shape.type_name}")
    elif kind == "xml" and len(value) > 0:
        problems.append(f"{where} has parts, and is {shape.type_name}")
    elif getattr(shape, "enum", None) and (value if kind == "json" else value.text) not in shape.enum:
        problems.append(f"{where} is none of {shape.enum}")


def local(element):
    return element.tag.split("}")[-1]


def check(model, http_response, **_):
    text = http_response.content.decode()
    seen.append(model.name)
    if model.metadata["protocol"] == "json":
        return walk(model.output_shape, json.loads(text), model.name, "json")
    root = ET.fromstring(text)
    [result] = [child for child in root if local(child) == f"{model.name}Result"]
    walk(model.output_shape, result, model.name, "xml")


def client(service):
    made = sessions.get_session().create_client(
        service, region_name="eu-central-1", endpoint_url=url, aws_access_key_id="test", aws_secret_access_key="test"
    )
    made.meta.events.register("after-call", lambda model, http_response, **more: check(model, http_response))
    return made


iam = client("iam")
job = iam.generate_service_last_accessed_details(Arn=role, Granularity="ACTION_LEVEL")["JobId"]
# The first report of a role is not there at once.
iam.get_service_last_accessed_details(JobId=job)
report = iam.get_service_last_accessed_details(JobId=job)
events = client("cloudtrail").lookup_events(
    LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "GetSecretValue"}], MaxResults=3
)["Events"]
services = [one["ServiceNamespace"] for one in report["ServicesLastAccessed"]]
print(json.dumps({"problems": problems, "seen": seen, "events": len(events), "services": services}))
