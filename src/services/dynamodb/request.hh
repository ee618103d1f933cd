// What the operations on items have in common.
#pragma once

#include "services/dynamodb/expression.hh"
#include "services/dynamodb/table.hh"

namespace mainstay::dynamodb {

// Parameters from before there were expressions: NotImplemented, with what to use instead.
Status refuse_legacy(const Value& in);

// The item that a read found, as ProjectionExpression asks for it; all paths where there is none.
Result<std::vector<Path>> read_projection(const Value& in, Placeholders& placeholders);
Value projected(const Value& item, const std::vector<Path>& paths);

// Units of 4 KiB, half of one for reads that need not be consistent; units of 1 KiB.
double read_units(int64_t bytes, bool consistent);
double write_units(int64_t bytes);
// Adds ConsumedCapacity where the request wants it.
void add_capacity(Value& out, const Value& in, const Value& table, double units);
Value capacity_of(const Value& in, const Value& table, double units);

}  // namespace mainstay::dynamodb
