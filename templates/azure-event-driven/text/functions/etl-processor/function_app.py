"""ETL of the platform: stages what a message names, and tidies the staging container every night."""

import datetime
import json
import logging
import os

import azure.functions as func
from azure.identity import DefaultAzureCredential
from azure.storage.blob import BlobServiceClient

app = func.FunctionApp()
KEPT = datetime.timedelta(days=7)


def staging():
    """The staging container, signed in with the identity of the app."""
    account = os.environ["STAGING_ACCOUNT"]
    suffix = os.environ.get("STORAGE_SUFFIX", "core.windows.net")
    client = BlobServiceClient(f"https://{account}.blob.{suffix}", credential=DefaultAzureCredential())
    return client.get_container_client(os.environ["STAGING_CONTAINER"])


def transform(rows):
    """Rows without empty cells, names in lower case."""
    return [{str(key).lower(): value for key, value in row.items() if value not in (None, "")} for row in rows]


@app.service_bus_queue_trigger(arg_name="message", queue_name="%QUEUE_NAME%", connection="ServiceBus")
def stage(message: func.ServiceBusMessage) -> None:
    """Writes the rows of a message to the staging container."""
    job = json.loads(message.get_body())
    rows = transform(job["rows"])
    staging().upload_blob(f"{job['id']}.json", json.dumps(rows), overwrite=True)
    logging.info("job %s: %d rows staged", job["id"], len(rows))


@app.timer_trigger(arg_name="timer", schedule="%SCHEDULE%")
def tidy(timer: func.TimerRequest) -> None:
    """Removes what was staged more than a week ago."""
    container = staging()
    oldest = datetime.datetime.now(datetime.timezone.utc) - KEPT
    removed = 0
    for blob in container.list_blobs():
        if blob.last_modified < oldest:
            container.delete_blob(blob.name)
            removed += 1
    logging.info("%d blobs removed%s", removed, ", later than planned" if timer.past_due else "")
