// Tables as documents: table "table" by name, the TableDescription shape with _Tags, _Ttl and
// _Backups (DescribeTimeToLive's and DescribeContinuousBackups' parts). Items stand in tables of
// their own, see items.hh.
#pragma once

#include <string>

#include "cloud/call.hh"
#include "cloud/paging.hh"
#include "services/dynamodb/key.hh"

namespace mainstay::dynamodb {

using cloud::Call;

// A table's name out of what a request says: the name, or an ARN.
std::string table_name(const std::string& name_or_arn);
// The table of this account and region; null for another's ARN, whatever table of that name is
// here.
const Value* table_meant(const Call& call, const std::string& name_or_arn);
// Error ResourceNotFoundException: "Requested resource not found", with ": Table: x not found" for
// the operations on tables.
Result<Value> find_table(Call& call, const Value& name_or_arn);
Result<Value> find_table_for_api(Call& call, const Value& name_or_arn);
void put_table(Call& call, const Value& table);
// As DescribeTable shows it, with the count and size of its items.
Value shown_table(Call& call, const Value& table);

// An index of either kind by its name, or nullptr.
const Value* find_index(const Value& table, const std::string& name);
bool is_global_index(const Value& table, const std::string& name);

// schema.cc: CreateTable's and UpdateTable's checks and the shapes they keep.
Status check_table_name(const std::string& name);
Status check_schemas(const Value& in);
// A new index as it is described.
Value new_index(const Value& table, const Value& in, bool global);
// PROVISIONED needs units, PAY_PER_REQUEST takes none; `where` is "" or the index's name.
Status check_throughput(const std::string& billing_mode, const Value& in);
Value shown_throughput(const Value& in);

}  // namespace mainstay::dynamodb
