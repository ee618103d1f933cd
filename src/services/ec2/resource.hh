// What all EC2 resources have in common: ids, tags, filters, pages, and how each says "not found".
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cloud/call.hh"

namespace mainstay::ec2 {

using cloud::Call;

// A kind of resource. table and id prefix are data, and so are its filters, by table
// (data/ec2_filters.json), so that one Describe serves all.
struct Kind {
  std::string_view table;      // also the resource type of tag specifications: "vpc"
  std::string_view prefix;     // of ids: "vpc"
  std::string_view id_member;  // "VpcId"
  std::string_view noun;       // in messages: "vpc ID"
  std::string_view code;       // "InvalidVpcID" (+ ".NotFound", ".Malformed")
  std::string_view list;       // Describe's output member: "Vpcs"
  std::string_view ids;        // Describe's input member: "VpcIds"
};

const Kind& vpc_kind();
const Kind& subnet_kind();
const Kind& internet_gateway_kind();
const Kind& egress_gateway_kind();
const Kind& nat_gateway_kind();
const Kind& address_kind();
const Kind& route_table_kind();
const Kind& network_acl_kind();
const Kind& security_group_kind();
const Kind& security_group_rule_kind();
const Kind& dhcp_options_kind();
const Kind& endpoint_kind();
const Kind& network_interface_kind();
const Kind& peering_kind();
const Kind& key_pair_kind();
const Kind& instance_kind();
const Kind& volume_kind();
const Kind& image_kind();
// The kind whose ids start as this one, or nullptr.
const Kind* kind_of_id(std::string_view id);
std::span<const Kind* const> all_kinds();

// Where a filter of a table's looks ("vpc-id" at "VpcId"; through lists it means any of them), ""
// where there is no such filter.
std::string_view filter_path(std::string_view table, std::string_view name);

const char* tags_member(const Kind& kind);  // "Tags", or as its model names it

Error not_found(const Kind& kind, std::string_view id);
// The document, or the error that AWS answers for an unknown id.
Result<Value> get(Call& call, const Kind& kind, std::string_view id);
Error invalid_parameter(std::string_view value, std::string_view parameter,
                        std::string_view explanation = "");
Error missing_parameter(std::string_view name);
Error dependency_violation(const Kind& kind, std::string_view id);

// Ids, Filters, MaxResults and NextToken over a kind's documents.
Result<Value> describe(Call& call, const Value& in, const Kind& kind);
// The same over documents made on the spot.
Result<Value> describe_list(const Value& in, List documents, const Kind& kind);

// The tags that a request's TagSpecifications give to resources of this kind, checked.
Result<Value> requested_tags(const Call& call, const Value& in, std::string_view resource_type);
// Reserved "aws:" keys are for AWS's own services only.
Status check_tags(const Call& call, const Value& tags);
Status check_tag_count(const Value& tags);

// A new document with its id, owner and requested tags, not yet put.
Result<Value> new_document(Call& call, const Value& in, const Kind& kind);
void put(Call& call, const Kind& kind, const Value& document);
Value answer_true();  // {"Return": true}

}  // namespace mainstay::ec2
