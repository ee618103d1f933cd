#include "store/store.hh"

#include "base/cbor.hh"
#include "store/blobs.hh"
#include "store/journal.hh"

namespace mainstay::store {
namespace {

// A journal that is this much larger than a fresh one would be is written anew at start.
constexpr size_t compact_bytes_min = 16 << 20;
constexpr size_t records_per_document_max = 4;

const Documents no_documents;

// A change as the journal has it: [table, id, document or null].
Value change_value(std::string_view table, std::string_view id, Value document) {
  return Value::list({table, id, std::move(document)});
}

std::string record_of(const ShardKey& key, List changes) {
  return to_cbor(Value::list({key.service, key.account, key.region, Value(std::move(changes))}));
}

}  // namespace

Value Table::replace(std::string_view id, Value document) {
  auto it = documents_.find(id);
  Value before = it == documents_.end() ? Value() : it->second;
  reindex(id, before, document);
  if (document.is_null()) {
    if (it != documents_.end()) documents_.erase(it);
  } else if (it == documents_.end()) {
    documents_.emplace(id, std::move(document));
  } else {
    it->second = std::move(document);
  }
  return before;
}

void Table::add_index(std::string path) {
  indexes_.push_back({std::move(path), {}});
}

void Table::reindex(std::string_view id, const Value& before, const Value& after) {
  for (Lookup& index : indexes_) {
    std::string old_text = before.at_path(index.path).to_text();
    std::string new_text = after.at_path(index.path).to_text();
    if (old_text == new_text) continue;
    if (auto it = index.ids.find(old_text); !old_text.empty() && it != index.ids.end()) {
      if (auto entry = it->second.find(id); entry != it->second.end()) it->second.erase(entry);
      if (it->second.empty()) index.ids.erase(it);
    }
    if (!new_text.empty()) index.ids[new_text].emplace(id);
  }
}

std::vector<std::string> Table::find(std::string_view path, std::string_view text) const {
  for (const Lookup& index : indexes_) {
    if (index.path != path) continue;
    auto it = index.ids.find(text);
    if (it == index.ids.end()) return {};
    return {it->second.begin(), it->second.end()};
  }
  // Not declared: right all the same, only slower.
  std::vector<std::string> ids;
  for (const auto& [id, document] : documents_)
    if (document.at_path(path).to_text() == text) ids.push_back(id);
  return ids;
}

Store::Store(Options options) : options_(std::move(options)) {
  std::string blobs = options_.directory.empty() ? "" : options_.directory + "/blobs";
  blobs_ = std::make_unique<Blobs>(blobs);
}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(Options options) {
  std::unique_ptr<Store> store(new Store(std::move(options)));
  const Options& o = store->options_;
  if (o.directory.empty()) return store;
  TRY(auto journal, Journal::open(o.directory, o.owner, o.sync));
  size_t records = 0;
  auto apply = [&](std::string_view payload) -> Status {
    ++records;
    TRY(Value record, parse_cbor(payload, 256));
    return store->apply(record);
  };
  TRY(size_t dropped, journal->replay(apply));
  if (dropped > 0)
    store->notice_ =
        "dropped " + std::to_string(dropped) + " bytes of a record that was never acknowledged";
  store->journal_ = std::move(journal);
  if (store->journal_->size() > compact_bytes_min &&
      records > store->document_count() * records_per_document_max)
    CHECK_OK(store->compact());
  return store;
}

Status Store::apply(const Value& record) {
  if (record.size() != 4 || !record.at(3).is_list())
    return Error("StateUnreadable", "a record of unknown form");
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

std::vector<Shard*> Store::shards(std::string_view service) {
  std::lock_guard guard(mutex_);
  std::vector<Shard*> out;
  for (auto& [key, shard] : shards_)
    if (key.service == service) out.push_back(shard.get());
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
  std::lock_guard guard(mutex_);
  size_t count = 0;
  for (auto& [key, shard] : shards_) {
    std::shared_lock lock(shard->mutex);
    for (auto& [name, table] : shard->tables) count += table.documents().size();
  }
  return count;
}

Status Store::describe_owner(const std::string& owner) {
  return journal_ ? journal_->describe_owner(owner) : Status();
}

Status Store::compact() {
  return journal_->rewrite([this](Journal& to) -> Status {
    for (auto& [key, shard] : shards_)
      for (auto& [name, table] : shard->tables)
        for (auto& [id, document] : table.documents())
          CHECK_OK(to.append(record_of(key, {change_value(name, id, document)})));
    return {};
  });
}

Status Store::reset() {
  std::lock_guard guard(mutex_);
  for (auto& [key, shard] : shards_) {
    std::unique_lock lock(shard->mutex);
    shard->tables.clear();
  }
  blobs_->clear();
  if (journal_) return journal_->rewrite([](Journal&) { return Status(); });
  return {};
}

Unit::Unit(Store& store, Shard& shard, Mode mode) : store_(store), shard_(shard) {
  if (mode == Mode::read) {
    reading_ = std::shared_lock(shard.mutex);
  } else {
    writing_ = std::unique_lock(shard.mutex);
  }
}

Unit::~Unit() {
  roll_back();
}

void Unit::roll_back() {
  for (auto it = undo_.rbegin(); it != undo_.rend(); ++it)
    store_.table(shard_, it->table).replace(it->id, std::move(it->before));
  undo_.clear();
}

const Documents& Unit::all(std::string_view table) const {
  auto it = shard_.tables.find(table);
  return it == shard_.tables.end() ? no_documents : it->second.documents();
}

const Value* Unit::find(std::string_view table, std::string_view id) const {
  const Documents& documents = all(table);
  auto it = documents.find(id);
  return it == documents.end() ? nullptr : &it->second;
}

std::vector<std::string> Unit::find_by(std::string_view table, std::string_view path,
                                       std::string_view text) const {
  auto it = shard_.tables.find(table);
  if (it == shard_.tables.end()) return {};
  return it->second.find(path, text);
}

void Unit::put(std::string_view table, std::string_view id, Value document) {
  if (!writing_.owns_lock()) std::abort();  // a handler declared as reading wrote: a bug
  Value before = store_.table(shard_, table).replace(id, std::move(document));
  undo_.push_back({std::string(table), std::string(id), std::move(before)});
}

bool Unit::remove(std::string_view table, std::string_view id) {
  if (!find(table, id)) return false;
  put(table, id, Value());
  return true;
}

Status Unit::commit() {
  if (undo_.empty()) return {};
  if (store_.journal_) {
    List changes;
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const Change& change : undo_) {
      if (!seen.emplace(change.table, change.id).second) continue;
      const Value* now = find(change.table, change.id);
      changes.push_back(change_value(change.table, change.id, now ? *now : Value()));
    }
    if (Status journalled = store_.journal_->append(record_of(shard_.key, std::move(changes)));
        !journalled.has_value()) {
      roll_back();
      return journalled;
    }
  }
  undo_.clear();
  return {};
}

}  // namespace mainstay::store
