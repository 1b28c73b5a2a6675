// References that come back without consuming input. Private to this module.
#pragma once

#include "jsonschema/faults.hpp"
#include "jsonschema/program.hpp"

namespace xzepr::jsonschema {

/// A schema applied to a value may apply others to the same value (by reference, allOf, not, if, ...). A
/// circle of them would never end, and a long chain of them is deep on the stack: both are faults. A circle
/// that passes through a member or an item ends with the value. What a dynamic reference leads to is known at
/// run time only; the validator's depth is bounded for it.
void find_circles(const Code& code, Faults& faults);

}  // namespace xzepr::jsonschema
