// The service's side of the wire: requests into Values, Values into responses, by the model.
//
// Values: a structure is a map by the model's member names; blobs are Bytes, timestamps Time;
// absent members are absent, never null. A streaming payload is Bytes under the payload member.
// Encoding never fails: members that the model lacks are left out, a value of another kind than the
// model's is written as sensibly as its kind allows. Pure; safe from many threads at once.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/http_message.hh"
#include "base/value.hh"
#include "wire/model.hh"

namespace mainstay::wire {

// The input of an operation whose request this is. A gzip body is unpacked. Errors are AWS's for
// the protocol: SerializationException (json, rest-json, cbor), MalformedInput (query),
// InvalidParameterValue (ec2), MalformedXML and InvalidArgument (rest-xml), status 400.
// Limits: 64 levels; an unpacked gzip body of 64 MiB.
Result<Value> decode_request(const Model& model, const Operation& operation, Protocol protocol,
                             const HttpRequest& request);

// A member ":status" (integer) of the output overrides the operation's status.
HttpResponse encode_response(const Model& model, const Operation& operation, Protocol protocol,
                             const Value& output, std::string_view request_id);

// operation may be null: not known. Error.fields are further modelled members. The status is the
// error's, else the modelled exception's, else 400.
HttpResponse encode_error(const Model& model, const Operation* operation, Protocol protocol,
                          const Error& error, std::string_view request_id);

// An error of a service that has no model here, or none that we know of.
HttpResponse encode_error(Protocol protocol, const Error& error, std::string_view request_id);

// The headers that name a request; S3 has its own two.
void add_request_id(bool is_s3, std::string_view request_id, Headers& headers);
std::string s3_host_id(std::string_view request_id);

}  // namespace mainstay::wire
