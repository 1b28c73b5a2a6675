#include "app/commands/local_commands.hpp"

#include "app/commands/verbs.hpp"
#include "app/config/show.hpp"

namespace xzepr::app {

cli::LocalCommands local_commands() {
  return {.serve = run_serve,
          .demo = run_demo,
          .config_show = config_show,
          .config_check = config_check,
          .config_reference = render_reference,
          .migrate_up = migrate_up,
          .migrate_status = migrate_status,
          .admin_bootstrap = admin_bootstrap,
          .key_create = key_create,
          .key_list = key_list,
          .key_revoke = key_revoke,
          .user_create = user_create,
          .user_list = user_list,
          .user_change = user_change,
          .user_password = user_password,
          .signing_key_rotate = signing_key_rotate,
          .signing_key_list = signing_key_list};
}

}  // namespace xzepr::app
