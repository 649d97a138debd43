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
      ("slots", .text("#" + digest(map).digits)),
    ]
  }

  /// Which entries lie in which slots.
  private func digest(_ map: Hmap) -> FNV1a {
    var digest = FNV1a()
    for array in [map.buckets, map.oldbuckets] {
      guard let array else { continue }
      digest.add(array.blockCount)
      for index in 0..<array.blockCount {
        let block = array[index]
        for slot in 0..<Bmap.slotCount where TopHash.isLive(block.tophash[slot]) {
          digest.add(index * Bmap.slotCount + slot)
          digest.add(whole: keys[block.keys[slot]])
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
    var spans = FNV1a()
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
      ("spansInUse", .integer(allocator.spansInUseCount)), ("spans", .text("#" + spans.digits)),
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
