// The one source that compiles Boost.JSON: Debian ships its headers only.
#include <boost/json/src.hpp>
