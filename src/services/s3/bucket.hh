// What the files of this service lend each other: buckets, keys, versions and stored bytes.
//
// Bucket names are global, so the state is, in parts: a bucket with all that is in it is in the one
// that its name hashes to (parts.cc). Tables:
//   bucket   name                       its document; configurations are members with "_" names
//   object   bucket NUL key             the current version, which may be a delete marker
//   version  bucket NUL key NUL order   versions that are no longer current, newest first
//   upload   bucket NUL key NUL id      multipart uploads; parts are "part" documents by id and
//   number
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cloud/call.hh"
#include "cloud/upload.hh"

namespace mainstay::s3 {

using cloud::Call;

inline constexpr size_t keys_max = 1000;  // of one list answer
// Of one PUT, one part and one copy ("Amazon S3 multipart upload limits", user guide).
inline constexpr uint64_t upload_bytes_max = uint64_t{5} << 30;
// How many rows of a list are asked for, from 0 to keys_max.
Result<size_t> count_asked(const Value& in, const char* member, const std::string& parameter);

// That EncodingType is one that there is. Errors: InvalidArgument.
Status check_encoding(const Value& in);
// Keys of a list's answer, percent-encoded where the client asked for it.
std::string list_text(const Value& in, const std::string& text);
// The part of a key up to the delimiter that follows the prefix, "" where there is none.
std::string folded_prefix(std::string_view key, std::string_view prefix,
                          std::string_view delimiter);

Error no_such_bucket(const std::string& name);
Error no_such_key(const std::string& key);
Error access_denied();
Error malformed_xml();
Error not_implemented_header(const char* header, const char* why = nullptr);
Error invalid_argument(std::string message, std::string name = "", std::string value = "");

// parts.cc: the part that a request works in, the one of a copy's source, and what moves the state
// of programs that had but one part.
std::string part_of(const Value& in);
std::string part_of_source(const Value& in);
std::shared_ptr<cloud::Background> make_parting();
// The state that has a bucket: the call's own, or what it reads beside it.
const store::Unit& state_of(const Call& call, std::string_view bucket);
// Null where there is no such bucket.
const Value* find_bucket(const Call& call, std::string_view name);
// Every bucket of an account, by name. Of a call that works in no bucket.
std::vector<Value> buckets_of_account(Call& call);

Result<Value> get_bucket(Call& call, const Value& in);
void put_bucket(Call& call, const Value& bucket);
std::string canonical_id(std::string_view account);
Value owner_of(std::string_view account);

std::string object_id(std::string_view bucket, std::string_view key);
bool versioned(const Value& bucket);  // Enabled or Suspended
bool versioning_enabled(const Value& bucket);

// The bytes of a PUT, in memory or come as a blob, and their checksums.
class Payload {
 public:
  Payload(Call& call, const Value& in);
  size_t size() const;
  std::string checksum(std::string_view algorithm) const;  // base64, "" if unknown
  std::string etag() const;                                // MD5 in hex, quoted
  std::string_view data() const { return data_; }          // "" where there is an upload
  cloud::Upload* upload() const { return upload_; }

 private:
  cloud::Upload* upload_;
  std::string_view data_;
};

// The bytes of objects: small ones in the document, larger ones as blobs, encrypted where the
// object has a KMS key. A segment is one PUT or one part; an object has one or more. No more than a
// few MiB of them are in memory at once.
Result<Value> write_segment(Call& call, const Payload& payload, std::string_view data_key);
// `size` bytes from a source, read on the way by `sums` (which may be null).
Result<Value> write_segment(Call& call, BodySource& source, size_t size, std::string_view data_key,
                            wire::Checksums* sums);
// The segments of an object under new names, without copying bytes; of none that is encrypted.
Result<Value> link_segments(Call& call, const Value& object);
// A part of an object's bytes, as they are now whatever happens to it.
std::unique_ptr<BodySource> open_segments(Call& call, const Value& object, size_t offset,
                                          size_t size, std::string_view data_key);
// After the change is kept, the bytes go.
void discard_segments(Call& call, const Value& object);

Error no_such_part(const Value& upload, const Value& listed);

// Makes `object` the current version of its key, as the bucket's versioning says; fills VersionId.
void store_object(Call& call, const Value& bucket, Value& object);
// The version asked for (VersionId), or the current one. Errors: NoSuchKey, NoSuchVersion,
// MethodNotAllowed for a delete marker asked for by version.
Result<Value> find_object(Call& call, const Value& bucket, const Value& in);
// That it could be the id of a version. Errors: InvalidArgument.
Status check_version_id(const std::string& id);
// Whether the version that a deletion names (Key, VersionId) may go, as Object Lock has it. Errors:
// AccessDenied.
Status check_unlocked(Call& call, const Value& bucket, const Value& in);
// The lock that a new version brings. Errors: InvalidArgument, InvalidRequest for a bucket that has
// no Object Lock.
Status check_lock_headers(const Call& call, const Value& bucket, const Value& in);
// The bucket's default retention, for a new version that brings none.
void apply_default_lock(const Call& call, const Value& bucket, Value& object);
// Puts back a changed document of a version that find_object gave.
void update_object(Call& call, const Value& bucket, const Value& object);
// Removes one version, or sets a delete marker, and tells of it. cause: "ObjectRemoved" or
// "LifecycleExpiration". Returns DeleteMarker and VersionId members.
Value delete_version(Call& call, const Value& bucket, std::string_view key,
                     const std::optional<std::string>& version,
                     const std::string& cause = "ObjectRemoved");

// If-Match and the like of a request against an object; prefix "" or "CopySource".
Status check_conditions(const Value& in, const Value& object, std::string_view prefix);
// That a write's If-Match and If-None-Match are such as S3 takes.
Status check_write_headers(const Value& in);
// The same, and against what is there now (null: nothing).
Status check_write_conditions(const Value& in, const Value* current);

// The members of an object's document that describe it in GetObject and HeadObject.
Value description_of(const Value& object, const Value& in);
// The metadata members that a write request carries into the document.
Value metadata_of(const Value& in);
Result<Value> tags_from_query(const std::string& text);  // "a=1&b=2" as a TagSet
Status check_tags(const Value& tags);                    // of an object
Status check_bucket_tags(const Call& call, const Value& tags);
Status check_key(const Value& in);  // length of the key and of its metadata
// A multipart upload and its parts, in their order. Errors: NoSuchUpload.
Result<Value> get_upload(Call& call, const Value& in);
List parts_of(Call& call, const std::string& upload_id);
// The multipart upload that a part is meant for. Errors: NoSuchUpload, InvalidArgument.
Result<Value> part_target(Call& call, const Value& in);
// Puts a part in place of one of the same number. part: its ETag and checksums; gets the rest.
void store_part(Call& call, const Value& in, Value segment, Value& part);
// Whether the bytes can be read: not those of an archived object that is not restored.
bool is_readable(const Value& object, Time now);
// Errors: InvalidObjectState.
Status check_readable(const Call& call, const Value& object);
// Errors: InvalidStorageClass.
Status check_storage_class(const Value& in);
Status check_acl_allowed(const Value& bucket, const Value& in);
// Who owns a new object and what its ACL grants, by the bucket's ownership setting and the request.
void set_owner(const Call& call, const Value& bucket, const Value& in, Value& object);

#define S3_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// bucket.cc
S3_HANDLER(create_bucket);
S3_HANDLER(delete_bucket);
S3_HANDLER(head_bucket);
S3_HANDLER(list_buckets);
S3_HANDLER(get_bucket_location);
S3_HANDLER(get_bucket_versioning);
S3_HANDLER(put_bucket_versioning);
// object.cc
S3_HANDLER(put_object);
S3_HANDLER(get_object);
S3_HANDLER(head_object);
S3_HANDLER(get_object_attributes);
S3_HANDLER(delete_object);
S3_HANDLER(delete_objects);
// copy.cc
S3_HANDLER(copy_object);
S3_HANDLER(upload_part_copy);
// list.cc
S3_HANDLER(list_objects);
S3_HANDLER(list_objects_v2);
S3_HANDLER(list_object_versions);
// multipart.cc
S3_HANDLER(create_multipart_upload);
S3_HANDLER(upload_part);
S3_HANDLER(complete_multipart_upload);
S3_HANDLER(abort_multipart_upload);
S3_HANDLER(list_parts);
S3_HANDLER(list_multipart_uploads);
// storage_class.cc
S3_HANDLER(restore_object);
// lock.cc
S3_HANDLER(put_object_lock_configuration);
S3_HANDLER(put_object_retention);
S3_HANDLER(get_object_retention);
S3_HANDLER(put_object_legal_hold);
S3_HANDLER(get_object_legal_hold);
// tagging.cc
S3_HANDLER(get_object_tagging);
S3_HANDLER(put_object_tagging);
S3_HANDLER(delete_object_tagging);
// acl.cc
S3_HANDLER(get_bucket_acl);
S3_HANDLER(put_bucket_acl);
S3_HANDLER(get_object_acl);
S3_HANDLER(put_object_acl);
// policy.cc
S3_HANDLER(put_bucket_policy);
S3_HANDLER(get_bucket_policy);
S3_HANDLER(delete_bucket_policy);
S3_HANDLER(get_bucket_policy_status);

#undef S3_HANDLER

// guard.cc
std::string owner_of_bucket(Call& call, const Value& in);
Status guard(Call& call, const Value& in, cloud::Authorization& authorization);

std::vector<cloud::Operation> configuration_operations();
std::vector<cloud::Operation> identified_operations();
std::optional<Value> cors_rules(const store::Unit& unit, std::string_view bucket);

}  // namespace mainstay::s3
