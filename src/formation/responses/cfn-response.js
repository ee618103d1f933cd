// What a function behind a custom resource answers CloudFormation with ("cfn-response module" of the user guide):
// AWS puts a module of this name beside code that a template gives inline. Written for mainstay.
'use strict';

const http = require('http');
const https = require('https');

exports.SUCCESS = 'SUCCESS';
exports.FAILED = 'FAILED';

exports.send = function send(event, context, responseStatus, responseData, physicalResourceId, noEcho) {
  return new Promise((resolve) => {
    const body = JSON.stringify({
      Status: responseStatus,
      Reason: `See the details in CloudWatch Log Stream: ${context.logStreamName}`,
      PhysicalResourceId: physicalResourceId || context.logStreamName,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
      NoEcho: noEcho || false,
      Data: responseData,
    });
    console.log('Response body:\n', body);
    const finish = () => {
      resolve();
      context.done();
    };
    const url = new URL(event.ResponseURL);
    const request = (url.protocol === 'http:' ? http : https).request(url, {
      method: 'PUT',
      headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) },
    }, (answer) => {
      console.log(`Status code: ${answer.statusCode}`);
      answer.resume();
      answer.on('end', finish);
    });
    request.on('error', (error) => {
      console.log(`send(..) failed executing https.request(..): ${error}`);
      finish();
    });
    request.end(body);
  });
};
