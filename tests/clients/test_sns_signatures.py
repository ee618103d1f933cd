"""SNS: messages are signed as receivers verify them."""

import base64
import json
import urllib.request

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from test_sns_publish import queue, receive, topic  # noqa: F401


def verify(body):
    """As "Verifying the signatures of Amazon SNS messages" says, with the certificate that the message names."""
    names = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
    text = "".join(f"{name}\n{body[name]}\n" for name in names if name in body)
    with urllib.request.urlopen(body["SigningCertURL"]) as answer:
        certificate = x509.load_pem_x509_certificate(answer.read())
    digest = {"1": hashes.SHA1, "2": hashes.SHA256}[body["SignatureVersion"]]()
    signature = base64.b64decode(body["Signature"])
    certificate.public_key().verify(signature, text.encode(), padding.PKCS1v15(), digest)
    with pytest.raises(InvalidSignature):
        certificate.public_key().verify(signature, text.encode() + b"x", padding.PKCS1v15(), digest)


def test_messages_are_signed_by_the_topics_version(sns, sqs, topic, queue):
    url, arn = queue
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    for version in ("2", "1"):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="SignatureVersion", AttributeValue=version)
        sns.publish(TopicArn=topic, Message="m")
        body = json.loads(receive(sqs, url)[0]["Body"])
        assert body["SignatureVersion"] == version
        verify(body)
