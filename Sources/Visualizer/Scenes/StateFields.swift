import Models

/// States in comparable fields: what two runs of a model have to agree in to be alike.
///
/// What is too much to be named is summed up in a digest.
extension MapSubject {
  func fields(of map: Hmap) -> [(name: String, value: FieldValue)] {
    let left = map.oldbuckets.map { array in
      (0..<array.bucketCount).reduce(0) { $0 + array.liveCount($1) }
    }
    return [
      ("count", .integer(map.count)), ("B", .integer(map.B)),
      ("noverflow", .integer(map.noverflow)), ("growing", .flag(map.isGrowing)),
      ("nevacuate", .integer(map.nevacuate)), ("inOldArray", .integer(left ?? 0)),
      ("slots", .text(digest(map).text)),
    ]
  }

  /// Which entries lie in which slots.
  private func digest(_ map: Hmap) -> Digest {
    var digest = Digest()
    for array in [map.buckets, map.oldbuckets] {
      guard let array else { continue }
      digest.add(array.blockCount)
      for index in 0..<array.blockCount {
        let block = array[index]
        for slot in 0..<Bmap.slotCount where TopHash.isLive(block.tophash[slot]) {
          digest.add(index * Bmap.slotCount + slot)
          digest.add(keys[block.keys[slot]])
          digest.add(block.elems[slot])
        }
        digest.add(Int(block.overflow))
      }
    }
    return digest
  }
}

extension AllocatorSubject {
  func fields(of allocator: GoAllocator) -> [(name: String, value: FieldValue)] {
    let figures = allocator.figures
    var spans = Digest()
    allocator.forEachSpan { id, span in
      for number in [id, span.firstPage, span.npages, span.spanClass, span.allocCount] {
        spans.add(number)
      }
    }
    return [
      ("worker", .integer(allocator.worker)), ("cycles", .integer(allocator.cycles)),
      ("marking", .flag(allocator.isMarking)), ("mallocs", .integer(figures.mallocs)),
      ("allocated", .integer(figures.allocatedBytes)), ("inUse", .integer(figures.inUseBytes)),
      ("idle", .integer(figures.idleBytes)), ("released", .integer(figures.releasedBytes)),
      ("resident", .integer(figures.residentBytes)), ("sys", .integer(figures.sysBytes)),
      ("spansInUse", .integer(allocator.spansInUseCount)), ("spans", .text(spans.text)),
    ]
  }
}

extension TCPSubject {
  /// A ladder is narrow.
  var readableColumns: Int { 58 }
  var arbitraryFields: Set<String> { ["iss", "rawSeq", "rawAck"] }

  /// Numbers are relative to the ISN of whoever counts them.
  func fields(of network: TCPNetwork) -> [(name: String, value: FieldValue)] {
    var fields: [(name: String, value: FieldValue)] = [
      ("time", .integer(network.now)), ("onTheWire", .integer(network.wire.count)),
    ]
    for (index, connection) in network.connections.enumerated() {
      for side in [Side.client, .server] {
        let end = connection[side]
        let prefix = network.connections.count > 1 ? "\(side.name)\(index + 1)." : "\(side.name)."
        fields += [
          (prefix + "state", .text(end.state.rawValue)),
          (prefix + "sndUna", .integer(Int(end.sndUna.relative(to: end.iss)))),
          (prefix + "sndNxt", .integer(Int(end.sndNxt.relative(to: end.iss)))),
          (prefix + "sndWnd", .integer(end.sndWnd)),
          (prefix + "rcvNxt", end.irs.map { .integer(Int(end.rcvNxt.relative(to: $0))) } ?? .none),
          (prefix + "unsent", .integer(end.unsentCount)),
          (prefix + "unread", .integer(end.unreadCount)),
        ]
      }
    }
    return fields
  }
}

extension CaptureSubject {
  var readableColumns: Int { 58 }
  var arbitraryFields: Set<String> { ["seq", "ack", "seconds"] }

  func fields(of wire: WireObserver) -> [(name: String, value: FieldValue)] {
    return [("packets", .integer(wire.packets))]
      + [Side.client, .server].flatMap { side -> [(name: String, value: FieldValue)] in
        let end = wire[side]
        func number(_ value: SequenceNumber?) -> FieldValue {
          guard let value, let iss = end.iss else { return .none }
          return .integer(Int(value.relative(to: iss)))
        }
        return [
          (side.name + ".states", .texts(end.states.list.map(\.rawValue))),
          (side.name + ".next", number(end.next)),
          (side.name + ".acknowledged", number(end.acknowledged)),
        ]
      }
  }
}

/// A sum over what cannot be compared by eye, the same for equal input on every machine.
///
/// Source: FNV-1a with 64 bits.
private struct Digest {
  private var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

  mutating func add(_ number: Int) {
    for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    add(0xff as UInt8)
  }

  /// The upper half in hexadecimal digits.
  var text: String {
    let digits = String(value >> 32, radix: 16)
    return "#" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}
