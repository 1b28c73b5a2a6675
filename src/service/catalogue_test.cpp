#include "service/catalogue.hpp"

#include "service/field_formats.hpp"
#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

class CatalogueTest : public World {};

}  // namespace

TEST_F(CatalogueTest, IsEmptyBeforeItsFirstRefresh) {
  EXPECT_EQ(catalogue.snapshot()->catalogue->revision(), -1);
  store.catalogue_revision = 0;
  run(catalogue.refresh(store, soon()));
  EXPECT_EQ(catalogue.snapshot()->catalogue->revision(), 0);
}

TEST_F(CatalogueTest, LoadsOnlyWhenTheRevisionDiffers) {
  run(catalogue.refresh(store, soon()));
  const auto before = catalogue.snapshot();
  run(catalogue.refresh(store, soon()));
  EXPECT_EQ(store.loads, 1);
  EXPECT_EQ(catalogue.snapshot(), before);
  store.bump();
  run(catalogue.refresh(store, soon()));
  EXPECT_EQ(store.loads, 2);
}

TEST_F(CatalogueTest, KeepsCompiledSchemasWhoseFingerprintIsTheSame) {
  const auto kept = given_receiver("kept");
  auto changed = given_receiver("changed");
  const auto before = catalogue.snapshot();
  changed.schema = R"({"type":"array"})";
  changed.fingerprint = domain::fingerprint_of(changed);
  elsewhere([&] { store.receivers[changed.id] = changed; });
  run(catalogue.refresh(store, soon()));
  const auto after = catalogue.snapshot();
  EXPECT_EQ(before->schemas.at(kept.id), after->schemas.at(kept.id));
  EXPECT_EQ(before->formats.at(kept.id), after->formats.at(kept.id));
  EXPECT_NE(before->schemas.at(changed.id), after->schemas.at(changed.id));
}

TEST_F(CatalogueTest, ASnapshotStaysValidWhileItIsHeld) {
  const auto receiver = given_receiver("scan");
  const auto held = CompiledCatalogue::domain_of(catalogue.snapshot());
  elsewhere([&] { store.receivers.clear(); });
  run(catalogue.refresh(store, soon()));
  EXPECT_EQ(held->find_receiver(receiver.id)->name, "scan");
}

TEST_F(CatalogueTest, GoesBackWithAStoreThatWasRestored) {
  store.catalogue_revision = 9;
  run(catalogue.refresh(store, soon()));
  store.catalogue_revision = 4;
  run(catalogue.refresh(store, soon()));
  EXPECT_EQ(catalogue.snapshot()->catalogue->revision(), 4);
}

TEST_F(CatalogueTest, RefreshToGivesUpAtItsDeadline) {
  EXPECT_THROW(run(catalogue.refresh_to(99, store, Deadline::after(std::chrono::seconds{-1}))), Fault);
}

}  // namespace xzepr::service
