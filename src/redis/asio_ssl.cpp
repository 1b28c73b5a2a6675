// Asio's TLS, compiled once (BOOST_ASIO_SEPARATE_COMPILATION).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <boost/asio/ssl/impl/src.hpp>
#pragma GCC diagnostic pop
