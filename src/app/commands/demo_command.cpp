#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "app/commands/load_config.hpp"
#include "app/commands/verbs.hpp"
#include "app/demo/banner.hpp"
#include "app/demo/stream.hpp"
#include "app/node.hpp"
#include "app/serve.hpp"

namespace xzepr::app {

namespace {

// The demo's own folder, removed at the end unless it was named.
class Folder {
 public:
  static Result<Folder> make(const std::optional<std::string>& named) {
    if (named) return Folder(*named, true);
    std::string path = std::filesystem::temp_directory_path() / "xzepr-demo-XXXXXX";
    if (mkdtemp(path.data()) == nullptr) {
      return std::unexpected(Error{.kind = Errc::unavailable,
                                   .code = "folder_unwritable",
                                   .detail = fmt::format("no folder can be made: {}", path),
                                   .hint = "name one with --data-dir"});
    }
    return Folder(path, false);
  }
  Folder(Folder&& other) noexcept : path_(std::exchange(other.path_, {})), is_kept_(other.is_kept_) {}
  Folder& operator=(Folder&&) = delete;
  ~Folder() {
    std::error_code ignored;
    if (!is_kept_ && !path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool is_kept() const { return is_kept_; }

 private:
  Folder(std::string path, bool is_kept) : path_(std::move(path)), is_kept_(is_kept) {}

  std::string path_;
  bool is_kept_;
};

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

// What runs beside the server, from when it serves to when it is told to stop.
class Demo final : public Companion {
 public:
  Demo(const cli::DemoArguments& arguments, const Folder& folder) : arguments_(arguments), folder_(folder) {}

  void on_serving(Node& node, const Config& config) override {
    const client::Server server{.url = fmt::format("http://{}:{}", config.server.host, node.port()),
                                .api_key = node.make_key("demo")};
    stream_.emplace(
        server,
        demo::StreamOptions{.seed = arguments_.seed, .events_per_second = arguments_.events_per_second},
        clock_);
    if (const auto begun = stream_->begin(); !begun)
      throw Fault(Fault::Kind::unavailable,
                  fmt::format("the demo could not begin: {}", begun.error().detail));
    print(demo::banner({.url = server.url,
                        .key = server.api_key,
                        .folder = folder_.path(),
                        .is_kept = folder_.is_kept(),
                        .events_per_second = arguments_.events_per_second,
                        .seed = arguments_.seed,
                        .artifact = stream_->first_artifact()}));
    stream_->start();
  }
  void on_stopping() override {
    if (stream_) stream_->stop();
  }

 private:
  const cli::DemoArguments& arguments_;
  const Folder& folder_;
  SystemClock clock_;
  std::optional<demo::Stream> stream_;
};

}  // namespace

Result<int> run_demo(const cli::DemoArguments& arguments) {
  const auto folder = Folder::make(arguments.data_dir);
  if (!folder) return std::unexpected(folder.error());
  std::vector<FlagOverride> flags = {{"telemetry.log_level", "warn", "demo"}};
  if (arguments.port) flags.push_back({"server.port", *arguments.port, "--port"});
  const auto loaded = load_config({.is_development = true, .data_dir = folder->path()}, std::move(flags));
  if (!loaded) return std::unexpected(loaded.error());
  Demo demo(arguments, *folder);
  return serve(loaded->config, &demo);
}

}  // namespace xzepr::app
