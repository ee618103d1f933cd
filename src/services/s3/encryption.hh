// Server-side encryption of objects: what a request or its bucket asks for, and the keys.
//
// SSE-S3 keeps bytes as they are (there is no key to hand out). SSE-KMS seals them under a data key
// that KMS gives to the caller; SSE-C under the key that comes with each request, of which only a
// salted hash is kept ("Using server-side encryption", S3 user guide).
#pragma once

#include <string>
#include <string_view>

#include "services/s3/bucket.hh"

namespace mainstay::s3 {

struct Encryption {
  Value members;         // for the document: ServerSideEncryption, SSEKMSKeyId?, _DataKey?, ...
  std::string data_key;  // plain; "" for SSE-S3
};
// For what a request writes. Errors: InvalidArgument, InvalidEncryptionAlgorithmError, KMS.*.
Result<Encryption> encryption_for(Call& call, const Value& bucket, const Value& in);

// The key that opens an object or an upload, by what the request brings: `prefix` is "" or
// "CopySource". "" where it is not sealed. Errors: InvalidRequest, AccessDenied, KMS.*.
Result<std::string> data_key_of(Call& call, const Value& object, const Value& in,
                                std::string_view prefix = "");
// The same of an upload, to which parts must bring what it was begun with.
Result<std::string> part_key_of(Call& call, const Value& upload, const Value& in);

// What answers tell of the encryption of a document, and of the customer's key in the request.
void add_encryption(const Value& document, const Value& in, Value& out);
// Of an object sealed under a key it is no MD5 ("Common response headers", ETag).
std::string etag_for(Call& call, const Encryption& encryption, std::string md5_etag);

Result<Value> put_encryption(Call& call, const Value& in);

}  // namespace mainstay::s3
