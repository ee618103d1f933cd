#include "store/store.hh"

#include <tuple>

#include "base/cbor.hh"
#include "store/blobs.hh"
#include "store/disk.hh"
#include "store/journal.hh"
#include "store/loader.hh"
#include "store/record.hh"
#include "store/worker.hh"

namespace mainstay::store {
namespace {

const Documents no_documents;

// What a document, null if there is none, takes of the journal.
int64_t signed_size(std::string_view table, std::string_view id, const Value& document) {
  return document.is_null() ? 0 : static_cast<int64_t>(change_size(table, id, document));
}

std::string index_key(std::string_view text, std::string_view id) {
  std::string key(text);
  key += '\0';
  return key += id;
}

// Texts and ids may have zero bytes of their own.
std::string_view text_of_key(const Documents::value_type& entry) {
  std::string_view key = entry.first;
  return key.substr(0, key.size() - 1 - entry.second.as_string().size());
}

}  // namespace

Documents::Replaced Table::replace(std::string_view id, Value document) {
  Value after = indexes_.empty() ? Value() : document;
  Documents::Replaced replaced = documents_.put(id, std::move(document));
  reindex(id, replaced.before, after);
  return replaced;
}

void Table::load(std::string_view id, std::string_view cbor) {
  documents_.put_cbor(id, cbor);
  if (!indexes_.empty()) reindex(id, Value(), *documents_.document(id));
}

void Table::add_index(std::string path) {
  indexes_.push_back({std::move(path), {}});
}

void Table::reindex(std::string_view id, const Value& before, const Value& after) {
  for (Lookup& index : indexes_) {
    std::string old_text = before.at_path(index.path).to_text();
    std::string new_text = after.at_path(index.path).to_text();
    if (old_text == new_text) continue;
    if (!old_text.empty()) index.ids.put(index_key(old_text, id), Value());
    if (!new_text.empty()) index.ids.put(index_key(new_text, id), id);
  }
}

std::vector<std::string> Table::find(std::string_view path, std::string_view text) const {
  std::vector<std::string> ids;
  for (const Lookup& index : indexes_) {
    if (index.path != path) continue;
    std::string before = index_key(text, "");
    for (auto it = index.ids.lower_bound(before);
         it != index.ids.end() && it->first.starts_with(before); ++it)
      if (text_of_key(*it).size() == text.size()) ids.push_back(it->second.as_string());
    return ids;
  }
  // Not declared: right all the same, only slower.
  for (const auto& [id, document] : documents_)
    if (document.at_path(path).to_text() == text) ids.push_back(id);
  return ids;
}

std::vector<std::string> Table::first(std::string_view path, std::string_view text_max,
                                      size_t count) const {
  std::vector<std::string> out;
  for (const Lookup& index : indexes_) {
    if (index.path != path) continue;
    for (const auto& entry : index.ids) {
      if (out.size() == count || text_of_key(entry) > text_max) return out;
      out.push_back(entry.second.as_string());
    }
  }
  return out;
}

Store::Store(Options options) : options_(std::move(options)) {
  std::string blobs = options_.directory.empty() ? "" : options_.directory + "/blobs";
  blobs_ = std::make_unique<Blobs>(blobs, options_.sync);
}

Store::~Store() {
  cancelled_ = true;
  worker_.reset();
}

Result<std::unique_ptr<Store>> Store::open(Options options) {
  std::unique_ptr<Store> store(new Store(std::move(options)));
  const Options& o = store->options_;
  if (o.directory.empty()) return store;
  TRY(store->journal_, Journal::open(store->disk(), o.directory, o.owner, o.sync));
  // The first blob finds out whether this failed.
  std::ignore = store->disk().make_directory(o.directory + "/blobs");
  CHECK_OK(store->replay());
  store->remove_forgotten_blobs();
  store->compact_if_wanted();
  store->worker_ = std::make_unique<Worker>([s = store.get()] { s->compact_if_wanted(); });
  return store;
}

Status Store::replay() {
  Loader loader;
  TRY(Replayed replayed,
      journal_->replay([&](std::string_view record) { return loader.add(record); },
                       [&] { load(loader); }));
  if (replayed.dropped > 0)
    notice_ = "dropped " + std::to_string(replayed.dropped) +
              " bytes that a kill or a power cut left half-written at the journal's end";
  if (replayed.dropped_records > 0)
    notice_ += ", " + std::to_string(replayed.dropped_records) +
               " whole changes among them; they are kept in " + options_.directory +
               "/journal.dropped";
  live_bytes_ = count_live_bytes();
  return {};
}

void Store::load(const Loader& loader) {
  const Loader::Place* at = nullptr;
  Table* to = nullptr;
  loader.visit([&](const Loader::Place& place, std::string_view id, std::string_view cbor) {
    if (at != &place) {
      at = &place;
      Shard& in = shard(
          {std::string(place.service), std::string(place.account), std::string(place.region)});
      to = &table(in, place.table);
    }
    to->load(id, cbor);
  });
}

int64_t Store::count_live_bytes() {
  size_t live = 0;
  for (Shard* shard : all_shards())
    for (const auto& [name, table] : shard->tables)
      for (auto it = table.documents().begin(); it != table.documents().end(); ++it)
        live += change_bytes(name, it.id(), it.cbor_size());
  return static_cast<int64_t>(live);
}

Status Store::apply(const Value& record) {
  if (record.size() != 4 || !record.at(3).is_list())
    return Error("StateUnreadable", "a record of unknown form");
  if (record.at(3).empty()) return {};  // as a compacted journal's last record
  Shard& to = shard({record.at(0).as_string(), record.at(1).as_string(), record.at(2).as_string()});
  for (const Value& change : record.at(3).items())
    table(to, change.at(0).as_string()).replace(change.at(1).as_string(), change.at(2));
  return {};
}

Shard& Store::shard(const ShardKey& key) {
  std::lock_guard guard(mutex_);
  auto& slot = shards_[key];
  if (!slot) {
    slot = std::make_unique<Shard>();
    slot->key = key;
  }
  return *slot;
}

std::vector<Shard*> Store::all_shards() {
  std::lock_guard guard(mutex_);
  std::vector<Shard*> out;
  for (auto& [key, shard] : shards_) out.push_back(shard.get());
  return out;
}

std::vector<Shard*> Store::shards(std::string_view service) {
  std::lock_guard guard(mutex_);
  std::vector<Shard*> out;
  for (auto it = shards_.lower_bound({std::string(service), "", ""});
       it != shards_.end() && it->first.service == service; ++it)
    out.push_back(it->second.get());
  return out;
}

Table& Store::table(Shard& shard, std::string_view name) {
  auto it = shard.tables.find(name);
  if (it != shard.tables.end()) return it->second;
  Table& fresh = shard.tables[std::string(name)];
  for (const Index& index : options_.indexes)
    if (index.service == shard.key.service && index.table == name) fresh.add_index(index.path);
  return fresh;
}

size_t Store::document_count() {
  size_t count = 0;
  for (const auto& [table, documents] : table_sizes()) count += documents;
  return count;
}

std::map<std::pair<std::string, std::string>, size_t> Store::table_sizes() {
  std::map<std::pair<std::string, std::string>, size_t> sizes;
  for (Shard* shard : all_shards()) {
    std::shared_lock lock(shard->mutex);
    for (const auto& [name, table] : shard->tables)
      if (!table.documents().empty()) sizes[{shard->key.service, name}] += table.documents().size();
  }
  return sizes;
}

Status Store::describe_owner(const std::string& owner) {
  return journal_ ? journal_->describe_owner(owner) : Status();
}

// The journal first: should that fail, nothing has changed.
Status Store::reset() {
  cancelled_ = true;
  std::lock_guard compacting(compacting_);
  cancelled_ = false;
  std::lock_guard guard(mutex_);
  if (journal_) CHECK_OK(journal_->rewrite([](Journal&) { return Status(); }));
  for (auto& [key, shard] : shards_) {
    std::unique_lock lock(shard->mutex);
    shard->tables.clear();
  }
  live_bytes_ = 0;
  blobs_->clear();
  return {};
}

Disk& Store::disk() const {
  return options_.disk ? *options_.disk : real_disk();
}

namespace {

thread_local int units_held = 0;  // by this thread

}  // namespace

Unit::Unit(Store& store, Shard& shard, Mode mode) : store_(store), shard_(shard) {
  if (mode == Mode::read) {
    reading_ = std::shared_lock(shard.mutex, std::defer_lock);
  } else {
    writing_ = std::unique_lock(shard.mutex, std::defer_lock);
  }
  take();
}

Unit::~Unit() {
  roll_back();
  let_go();
}

// Readers that overlap would keep a writer out for ever: so who comes while one waits stands behind
// it. But not who holds a unit already: the writer may be waiting for that very one.
void Unit::take() {
  std::unique_lock turn(shard_.turn, std::defer_lock);
  if (units_held == 0) turn.lock();
  if (reading_.mutex()) reading_.lock();
  if (writing_.mutex()) writing_.lock();
  ++units_held;
}

void Unit::release() {
  if (changed()) std::abort();  // somebody would see, and might keep, half a change: a bug
  let_go();
}

void Unit::let_go() {
  if (!reading_.owns_lock() && !writing_.owns_lock()) return;
  if (reading_.owns_lock()) reading_.unlock();
  if (writing_.owns_lock()) writing_.unlock();
  --units_held;
}

void Unit::acquire() {
  take();
}

void Unit::roll_back() {
  for (auto it = undo_.rbegin(); it != undo_.rend(); ++it)
    store_.table(shard_, it->table).replace(it->id, std::move(it->replaced.before));
  undo_.clear();
}

const Documents& Unit::all(std::string_view table) const {
  auto it = shard_.tables.find(table);
  return it == shard_.tables.end() ? no_documents : it->second.documents();
}

const Value* Unit::find(std::string_view table, std::string_view id) const {
  return all(table).document(id);
}

std::vector<std::string> Unit::find_by(std::string_view table, std::string_view path,
                                       std::string_view text) const {
  auto it = shard_.tables.find(table);
  if (it == shard_.tables.end()) return {};
  return it->second.find(path, text);
}

std::vector<std::string> Unit::first_by(std::string_view table, std::string_view path,
                                        std::string_view text_max, size_t count) const {
  auto it = shard_.tables.find(table);
  if (it == shard_.tables.end()) return {};
  return it->second.first(path, text_max, count);
}

void Unit::put(std::string_view table, std::string_view id, Value document) {
  if (!writing_.owns_lock()) std::abort();  // a handler declared as reading wrote: a bug
  auto replaced = store_.table(shard_, table).replace(id, std::move(document));
  undo_.push_back({std::string(table), std::string(id), std::move(replaced)});
}

bool Unit::remove(std::string_view table, std::string_view id) {
  if (!find(table, id)) return false;
  put(table, id, Value());
  return true;
}

Status Unit::commit() {
  if (!undo_.empty() && store_.journal_)
    if (Status journalled = journal_changes(); !journalled.has_value()) {
      roll_back();
      return journalled;
    }
  undo_.clear();
  uint64_t position = shard_.written;
  let_go();
  return store_.journal_ ? store_.journal_->wait(position) : Status();
}

Status Unit::journal_changes() {
  List changes;
  int64_t live_bytes = 0;
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Change& change : undo_) {
    if (!seen.emplace(change.table, change.id).second) continue;
    live_bytes -= signed_size(change.table, change.id, change.replaced.before);
    const Value* now = find(change.table, change.id);
    Value document = now ? *now : Value();
    live_bytes += signed_size(change.table, change.id, document);
    changes.push_back(change_value(change.table, change.id, std::move(document)));
  }
  TRY(shard_.written, store_.journal_->append(record_of(shard_.key, std::move(changes))));
  store_.committed(live_bytes);
  return {};
}

}  // namespace mainstay::store
