"""An S3-compatible server on loopback (moto), holding files of a folder."""

import logging
from contextlib import contextmanager
from pathlib import Path

BUCKET = "crawl"
KEY, SECRET = "an-access-key", "a-secret-that-must-not-be-told"


@contextmanager
def bucket_of(folder, prefix=""):
    """Serve a bucket with a folder's files; gives the address.

    Args:
        folder: Its files become objects, by their relative paths.
        prefix: What their keys start with.
    """
    import boto3
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET, "region_name": "us-east-1"}
        client = boto3.client("s3", endpoint_url=address, **keys)
        client.create_bucket(Bucket=BUCKET)
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                client.put_object(Bucket=BUCKET, Key=f"{prefix}{path.relative_to(folder)}", Body=path.read_bytes())
        yield address
    finally:
        server.stop()


def s3_options(address):
    """Give fsspec's options for a server's address."""
    return {"endpoint_url": address, "key": KEY, "secret": SECRET, "client_kwargs": {"region_name": "us-east-1"}}
