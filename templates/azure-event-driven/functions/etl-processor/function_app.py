"""The ETL processor: told of a staged file it transforms it; on a schedule it looks for files that nobody told it of."""

import json
import logging
import os
from functools import cache

import azure.functions as func
from azure.identity import DefaultAzureCredential
from azure.storage.blob import BlobServiceClient, ContainerClient

from transform import to_json_lines

INCOMING = "incoming/"
DONE = "done/"

app = func.FunctionApp()


@cache
def staging() -> ContainerClient:
    """The staging container, opened with the app's identity."""
    account = f"https://{os.environ['STAGING_ACCOUNT']}.blob.core.windows.net"
    client = BlobServiceClient(account, credential=DefaultAzureCredential())
    return client.get_container_client(os.environ["STAGING_CONTAINER"])


def transform_blob(name: str) -> str:
    """Transforms a staged file and removes it; answers the name of the result. Safe to do twice."""
    if not name.startswith(INCOMING) or ".." in name:
        raise ValueError(f"{name!r} is not below {INCOMING}")
    source = staging().get_blob_client(name)
    into = f"{DONE}{name.removeprefix(INCOMING).removesuffix('.csv')}.jsonl"
    text = source.download_blob().readall().decode("utf-8-sig")
    staging().upload_blob(into, "\n".join([*to_json_lines(text), ""]), overwrite=True)
    source.delete_blob()
    return into


@app.function_name("etlJob")
@app.service_bus_queue_trigger(arg_name="message", queue_name="%QUEUE_NAME%", connection="ServiceBus")
def etl_job(message: func.ServiceBusMessage) -> None:
    """A job of the queue: {"blob": "incoming/orders.csv"}. One that fails too often becomes a dead letter."""
    name = json.loads(message.get_body())["blob"]
    logging.info("%s is now %s", name, transform_blob(name))


@app.function_name("etlSchedule")
@app.timer_trigger(arg_name="timer", schedule="%SCHEDULE%", run_on_startup=False)
@app.service_bus_queue_output(arg_name="jobs", queue_name="%QUEUE_NAME%", connection="ServiceBus")
def etl_schedule(timer: func.TimerRequest, jobs: func.Out[list[str]]) -> None:
    """On the schedule of the app's settings: a job for every file that still lies there."""
    waiting = [blob.name for blob in staging().list_blobs(name_starts_with=INCOMING)]
    jobs.set([json.dumps({"blob": name}) for name in waiting])
    logging.info("%d files were waiting%s", len(waiting), ", late" if timer.past_due else "")


@app.function_name("etlStart")
@app.route(route="jobs", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@app.service_bus_queue_output(arg_name="job", queue_name="%QUEUE_NAME%", connection="ServiceBus")
def etl_start(request: func.HttpRequest, job: func.Out[str]) -> func.HttpResponse:
    """Starts a job by hand. Internal only: the app's access restrictions answer nobody outside the network."""
    try:
        name = request.get_json()["blob"]
    except (ValueError, KeyError, TypeError):
        return func.HttpResponse('Send {"blob": "incoming/FILE.csv"}.', status_code=400)
    if not isinstance(name, str) or not name.startswith(INCOMING) or ".." in name:
        return func.HttpResponse(f"The blob has to be below {INCOMING}.", status_code=400)
    job.set(json.dumps({"blob": name}))
    return func.HttpResponse(status_code=202)
