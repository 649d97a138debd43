import Models

/// What of the allocator a viewer can point at.
enum AllocatorItem {
  static func span(_ id: GoAllocator.SpanID) -> Item { Item("span", id) }

  /// One slot, or the slots that a cell stands for.
  static func slots(_ id: GoAllocator.SpanID, _ slots: Range<Int>) -> Item {
    slots.count == 1
      ? Item("slot", id, slots.lowerBound) : Item("slots", id, slots.lowerBound, slots.count)
  }

  /// The pages that a cell of the page map stands for.
  static func pages(_ pages: Range<Int>) -> Item { Item("pages", pages.lowerBound, pages.count) }

  /// The place of an mcache for the span of a class.
  static func cached(_ p: Int, spanClass: Int) -> Item { Item("mcache", p, spanClass) }

  /// The open tiny block of a P.
  static func tiny(_ p: Int) -> Item { Item("tiny", p) }

  static func mcentral(spanClass: Int) -> Item { Item("mcentral", spanClass) }

  static func queue(_ queue: GoAllocator.Queue, spanClass: Int) -> Item {
    Item("queue", spanClass, GoAllocator.Queue.allCases.firstIndex(of: queue) ?? 0)
  }

  /// Notes' era: a list of an mcentral.
  static func list(nonempty: Bool, spanClass: Int) -> Item {
    Item("list", spanClass, nonempty ? 0 : 1)
  }

  /// Notes' era: a list of the mheap.
  static func list(_ list: AllocatorRunList) -> Item {
    switch list {
    case .free(let pages): Item("runs", 0, pages)
    case .busy(let pages): Item("runs", 1, pages)
    }
  }

  /// Notes' era: a run of free pages, by its first.
  static func run(_ firstPage: Int) -> Item { Item("run", firstPage) }

  /// Notes' era: spans, bitmap or arena.
  static func region(_ index: Int) -> Item { Item("region", index) }

  /// A row of the heap's figures.
  static func figure(_ index: Int) -> Item { Item("figure", index) }

  static let request = Item("request")

  /// What is known of the request under way; nil while there is none.
  static func request(_ moment: Moment<GoAllocator>, _ language: Language) -> Inspection? {
    guard case .malloc(let size, let noscan, let count) = moment.operation else { return nil }
    let classes = moment.after.classes
    let placement = classes.placement(sizeBytes: size, noscan: noscan)
    func word(_ en: String, _ zh: String) -> String { Bilingual(en, zh)[language] }
    var facts = [
      (word("bytes", "字节"), "\(size)"), (word("requests", "请求数"), "\(count)"),
      (
        word("pointers", "指针"),
        noscan ? word("none: noscan", "无：noscan") : word("yes: scan", "有：scan")
      ),
    ]
    if placement.headerBytes > 0 {
      facts.append(
        ("malloc header", word("\(placement.headerBytes) bytes", "\(placement.headerBytes) 字节")))
    }
    if size == 0 {
      facts.append((word("answer", "结果"), "zerobase"))
    } else if placement.sizeClass == 0 {
      let page = GoAllocator.SizeClasses.pageSizeBytes
      let pages = (size + page - 1) / page
      facts += [
        (word("size class", "size class"), word("0: large, heap only", "0：大对象，直接找堆")),
        (word("pages", "页数"), "\(pages)"),
        (
          word("left over", "剩余"), word("\(pages * page - size) bytes", "\(pages * page - size) 字节")
        ),
      ]
    } else {
      let slot = classes.slotSizeBytes(placement.sizeClass)
      let spanClass = classes.spanClass(placement.sizeClass, noscan: noscan)
      let waste = slot - size - placement.headerBytes
      facts += [
        ("size class", "\(placement.sizeClass)"), ("span class", "\(spanClass)"),
        (word("slot", "槽"), word("\(slot) bytes", "\(slot) 字节")),
        (word("left over", "剩余"), word("\(waste) bytes", "\(waste) 字节")),
        (word("slots a span", "每个 span 的槽数"), "\(classes.slotCount(spanClass: spanClass))"),
        (word("pages a span", "每个 span 的页数"), "\(classes.pageCount(placement.sizeClass))"),
      ]
    }
    return Inspection(word("request", "申请"), facts)
  }
}
