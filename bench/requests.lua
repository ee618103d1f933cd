-- One fixed request for wrk, chosen by the environment: BENCH_REQUEST = sts | put | get | vpcs; or puts
-- of BENCH_BYTES to BENCH_KEYS keys in turn.
local kind = os.getenv("BENCH_REQUEST")
local service = {sts = "sts", put = "s3", get = "s3", vpcs = "ec2"}
local form = {sts = "Action=GetCallerIdentity&Version=2011-06-15",
              vpcs = "Action=DescribeVpcs&Version=2016-11-15"}
local key = os.getenv("BENCH_KEY")

wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=" .. key .. "/20260101/us-east-1/" ..
  service[kind] .. "/aws4_request, SignedHeaders=host, Signature=0"
if form[kind] then
  wrk.method, wrk.path, wrk.body = "POST", "/", form[kind]
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
else
  wrk.method, wrk.path = string.upper(kind), "/bench/key"
  if kind == "put" then wrk.body = string.rep("x", tonumber(os.getenv("BENCH_BYTES") or 1024)) end
end
local keys = tonumber(os.getenv("BENCH_KEYS"))
if keys then
  local n = 0
  function request()
    n = n % keys + 1
    return wrk.format(nil, "/bench/" .. #wrk.body .. "-" .. n)
  end
end
