// The Node.js runtime of local functions: gets events from the runtime API and hands them to the handler.
//
// Behaviour after "Building Lambda functions with Node.js" and "Using the Lambda runtime API" of the Lambda
// developer guide; the words of errors as recorded on AWS.
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import util from 'node:util';

const API = '/2018-06-01/runtime';
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1, noDelay: true });
let requestId = '';

function call(method, where, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request({
      host, port, agent, method, path: API + where,
      headers: body === undefined ? headers : { 'Content-Length': Buffer.byteLength(body), ...headers },
    }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(parts).toString() }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.setTimeout(0);
    request.end(body);
  });
}

const say = (level, message) =>
  fs.writeSync(1, `${new Date().toISOString()}\t${requestId || 'undefined'}\t${level}\t${message.replace(/\n/g, '\r')}\n`);

for (const [name, level] of [['log', 'INFO'], ['info', 'INFO'], ['warn', 'WARN'], ['error', 'ERROR'],
  ['debug', 'DEBUG'], ['trace', 'TRACE'], ['fatal', 'FATAL']]) {
  console[name] = (...values) => say(level, util.format(...values));
}

function describe(error) {
  if (error instanceof Error) {
    return {
      errorType: error.name || 'Error', errorMessage: error.message || '',
      trace: (error.stack || '').split('\n'),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

class RuntimeError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

const fail = (where, error) =>
  call('POST', where, JSON.stringify(error), {
    'Content-Type': 'application/json', 'Lambda-Runtime-Function-Error-Type': error.errorType,
  });

// "folder/index.app.handler": the module ends at the first dot of the last part.
function partsOf(handler) {
  const folder = path.dirname(handler);
  const last = path.basename(handler);
  const dot = last.indexOf('.');
  if (handler.includes('..')) throw new RuntimeError('Runtime.MalformedHandlerName', `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
  if (dot < 0) throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler');
  return [path.join(folder, last.slice(0, dot)), last.slice(dot + 1).split('.')];
}

async function importModule(file) {
  const require = createRequire(pathToFileURL(path.join(process.env.LAMBDA_TASK_ROOT, 'index.js')));
  for (const extension of ['', '.js']) {
    if (fs.existsSync(file + extension) && fs.statSync(file + extension).isFile()) {
      try {
        return require(file + extension);
      } catch (error) {
        if (error.code !== 'ERR_REQUIRE_ESM' && !(error instanceof SyntaxError)) throw error;
        return import(pathToFileURL(file + extension));
      }
    }
  }
  if (fs.existsSync(`${file}.mjs`)) return import(pathToFileURL(`${file}.mjs`));
  if (fs.existsSync(`${file}.cjs`)) return require(`${file}.cjs`);
  throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${path.basename(file)}'`);
}

async function load(name) {
  const [moduleName, members] = partsOf(name);
  let found;
  try {
    found = await importModule(path.resolve(process.env.LAMBDA_TASK_ROOT, moduleName));
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeError('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`);
    if (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND') throw new RuntimeError('Runtime.ImportModuleError', `Error: ${error.message}`);
    throw error;
  }
  for (const member of members) found = found?.[member] ?? found?.default?.[member];
  if (found === undefined) throw new RuntimeError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  if (typeof found !== 'function') throw new RuntimeError('Runtime.HandlerNotFound', `${name} is not a function`);
  return found;
}

function contextOf(headers, finish) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const json = (text) => (text ? JSON.parse(text) : undefined);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: json(headers['lambda-runtime-client-context']),
    identity: json(headers['lambda-runtime-cognito-identity']),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: (error, value) => finish(error, value),
    fail: (error) => finish(error ?? 'handled'),
    succeed: (value) => finish(null, value),
  };
}

// What to do once nothing else is going on.
let whenIdle;
process.on('beforeExit', () => {
  const work = whenIdle;
  whenIdle = undefined;
  if (work) {
    work();
    // Keeps the process until what the work began is under way.
    setImmediate(() => {});
  }
});

// An async handler's promise, or whichever of callback, done, fail and succeed comes first; null where
// none of them comes before nothing is going on any more.
function run(handler, event, headers) {
  return new Promise((resolve, reject) => {
    let finished = false;
    let context;
    const finish = (error, value) => {
      if (finished) return;
      finished = true;
      const settle = () => (error === null || error === undefined ? resolve(value) : reject(error));
      // A callback's answer waits for the event loop to be empty, unless it is told not to.
      if (context.callbackWaitsForEmptyEventLoop) whenIdle = settle;
      else settle();
    };
    context = contextOf(headers, finish);
    const answer = handler(event, context, finish);
    if (answer && typeof answer.then === 'function') answer.then(resolve, reject);
    else if (!finished) whenIdle = () => resolve(null);
  });
}

async function serve(handler) {
  for (;;) {
    const { headers, body } = await call('GET', '/invocation/next');
    requestId = headers['lambda-runtime-aws-request-id'];
    if (headers['lambda-runtime-trace-id']) process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
    whenIdle = undefined;
    let answer;
    try {
      const value = await run(handler, JSON.parse(body), headers);
      answer = JSON.stringify(value === undefined ? null : value);
      if (answer === undefined) answer = 'null';
    } catch (error) {
      const described = describe(error);
      console.error('Invoke Error', JSON.stringify({ ...described, stack: described.trace }));
      await fail(`/invocation/${requestId}/error`, described);
      continue;
    }
    await call('POST', `/invocation/${requestId}/response`, answer, { 'Content-Type': 'application/json' });
  }
}

async function die(kind, error) {
  const described = describe(error);
  console.error(kind, JSON.stringify({ ...described, stack: described.trace }));
  try {
    await fail(requestId ? `/invocation/${requestId}/error` : '/init/error', described);
  } finally {
    process.exit(requestId ? 129 : 1);
  }
}

process.on('uncaughtException', (error) => die('Uncaught Exception', error));
process.on('unhandledRejection', (reason) => {
  const error = new RuntimeError('Runtime.UnhandledPromiseRejection', reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason));
  die('Unhandled Promise Rejection', error);
});

load(process.env._HANDLER).then(serve, (error) => die('Uncaught Exception', error));
