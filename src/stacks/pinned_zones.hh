// The exact zones that a stack stands in, written down: the configuration's key `zones`, which
// stands in the place of Fn::GetAZs whatever the template is made by, and how `mainstay pin-zones`
// puts it there.
//
// Pure. Errors: "ConfigInvalid" of the key; "PinRefused" where files can't be written into.
#pragma once

#include <string>

#include "stacks/config.hh"
#include "stacks/zones.hh"

namespace mainstay::stacks {

// "us-east-1a,us-east-1c" or a list; all of one region. None for null and "".
Result<ZoneNames> read_zones(const Value& v);

// The template with the zones where it asks Fn::GetAZs for those of its own region or of theirs.
Value with_zones(const Value& root, const ZoneNames& zones);

// The zones to pin: what Fn::GetAZs gave by what stands where, and where nothing stands, one that
// it gives now and that is not among them, or the first.
Result<ZoneNames> zones_to_pin(const ZoneStanding& standing);

// "vpc_zones"
std::string pin_key(const std::string& stack);

struct PinText {
  const Config& config;
  const StackConfig& stack;
  std::string value;  // "${vpc_zones}", or the zones themselves
};
// The configuration's text with a line `zones: VALUE` for the stack. Whoever writes it reads it
// back first: a configuration in braces comes out wrong.
std::string with_zones_key(const std::string& text, const PinText& pin);

}  // namespace mainstay::stacks
