#include "http/secure_channel.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace xzepr::http {

void SecureChannel::Closer::operator()(ssl_st* tls) const noexcept { SSL_free(tls); }

SecureChannel::SecureChannel(const std::shared_ptr<ssl_ctx_st>& context, int descriptor)
    : tls_(SSL_new(context.get())) {
  SSL_set_fd(tls_.get(), descriptor);
  SSL_set_accept_state(tls_.get());
}

SecureChannel::Outcome SecureChannel::outcome_of(int result) const {
  if (result == 1) return Outcome::done;
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ: return Outcome::wants_read;
    case SSL_ERROR_WANT_WRITE: return Outcome::wants_write;
    case SSL_ERROR_ZERO_RETURN: return Outcome::ended;
    default: return Outcome::failed;
  }
}

SecureChannel::Outcome SecureChannel::greet() {
  ERR_clear_error();
  const auto outcome = outcome_of(SSL_do_handshake(tls_.get()));
  const bool is_http = outcome == Outcome::failed && ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
  return is_http ? Outcome::spoke_http : outcome;
}

SecureChannel::Moved SecureChannel::read(std::span<char> into) {
  Moved moved;
  ERR_clear_error();
  moved.outcome = outcome_of(SSL_read_ex(tls_.get(), into.data(), into.size(), &moved.count));
  return moved;
}

SecureChannel::Moved SecureChannel::write(std::string_view bytes) {
  Moved moved;
  ERR_clear_error();
  moved.outcome = outcome_of(SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &moved.count));
  return moved;
}

bool SecureChannel::has_pending() const { return SSL_has_pending(tls_.get()) == 1; }

void SecureChannel::end() {
  if (SSL_is_init_finished(tls_.get()) != 1) return;
  ERR_clear_error();
  SSL_shutdown(tls_.get());
}

}  // namespace xzepr::http
