"""Calls S3 as an agent would, with credentials of its environment or of profiles, and prints which it used.

Arguments: times and seconds between calls, then profiles; without one, what the environment says."""

import json
import sys
import time

import boto3

times, pause, profiles = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:] or [None]
sessions = [boto3.Session(profile_name=profile) for profile in profiles]
clients = [session.client("s3") for session in sessions]
used = {profile or "environment": [] for profile in profiles}
body = None
for call in range(times):
    if call > 0:
        time.sleep(pause)
    for profile, session, client in zip(profiles, sessions, clients):
        body = client.get_object(Bucket="acme-inbox", Key="in/letter")["Body"].read().decode()
        key = session.get_credentials().get_frozen_credentials().access_key
        keys = used[profile or "environment"]
        if key not in keys:
            keys.append(key)
print(json.dumps({"body": body, "used": used}))
