import Models

/// Comparing one call's result, and noting what the streams hold.
extension TCPLadderCheck {
  func compareResult(_ app: TCPLadder.App, _ row: TCPLadder.Row) -> Bilingual? {
    guard let model = result else { return nil }
    let captured = words(app)
    let name = words(row)
    switch (captured, model) {
    case (.failed(let text), .failed(let error)) where text == error.rawValue: return nil
    case (.nothing, .done), (.nothing, .wouldBlock): return nil
    case (.number(let captured), .sent(let count)) where captured == count:
      guard let whole = app.byteCount, captured < whole, !mayBeFull(app, row) else { return nil }
      return Self.difference(
        name, Self.result, captured: Bilingual(same: "\(captured)"),
        model: Bilingual(same: "\(whole)"))
    case (.nothing, .sent): return nil
    case (.text(let text), .endOfFile) where text.isEmpty: return nil
    case (.text(let text), .data(let runs)): return compareText(text, runs, name)
    case (.number, .done): return nil
    default:
      return Self.difference(name, Self.result, captured: captured.words, model: words(model))
    }
  }

  /// Whether a write may have found the send buffer full: how much that holds depends on the host, but
  /// so many bytes it always does.
  ///
  /// Source: Linux `tcp_wmem`, `sk_stream_memory_free`.
  private func mayBeFull(_ app: TCPLadder.App, _ row: TCPLadder.Row) -> Bool {
    guard let connection = row.connection, let whole = app.byteCount else { return false }
    let endpoint = network[End(connection, app.side)]
    let rest = whole - app.takenCount
    return endpoint.writtenCount - endpoint.acknowledgedCount + rest > 16_384
  }

  private static let result = Bilingual("result", "结果")

  private static func bytes(_ count: Int) -> Bilingual {
    Bilingual("\(count) bytes", "\(count) 字节")
  }

  private static func quoted(_ error: String) -> Bilingual {
    Bilingual("'\(error)'", "“\(error)”")
  }

  private static let endOfFile = Bilingual("end of file", "EOF")

  private enum Captured {
    case nothing
    case number(Int)
    case text(String)
    case failed(String)

    var words: Bilingual {
      switch self {
      case .nothing: Bilingual("nothing", "中没有")
      case .number(let number): Bilingual(same: "\(number)")
      case .text(let text): text.isEmpty ? endOfFile : bytes(text.unicodeScalars.count)
      case .failed(let text): quoted(text)
      }
    }
  }

  private func words(_ app: TCPLadder.App) -> Captured {
    if let error = app.error {
      let message = error.split(separator: ":", maxSplits: 1).last.map(String.init) ?? error
      let waits = ["timed out", "Resource temporarily unavailable", "Operation now in progress"]
      return waits.contains(message) ? .nothing : .failed(message)
    }
    switch app.result {
    case .string(let text): return .text(text)
    case .integer(let number): return .number(number)
    default: return .nothing
    }
  }

  private func words(_ result: CallResult) -> Bilingual {
    switch result {
    case .done: Bilingual("success", "成功")
    case .sent(let count): Bilingual(same: "\(count)")
    case .data(let runs): Self.bytes(runs.reduce(0) { $0 + $1.count })
    case .endOfFile: Self.endOfFile
    case .wouldBlock: Bilingual("nothing yet", "尚无结果")
    case .failed(let error): Self.quoted(error.rawValue)
    }
  }

  /// Compares what was read with what the ladder shows of the streams.
  private func compareText(
    _ text: String, _ runs: [Payload], _ name: Bilingual
  ) -> Bilingual? {
    let scalars = Array(text.unicodeScalars)
    let narrow = scalars.allSatisfy { $0.value < 256 }
    let count = runs.reduce(0) { $0 + $1.count }
    var bytes = narrow ? scalars.map { UInt8(truncatingIfNeeded: $0.value) } : Array(text.utf8)
    if bytes.count != count { bytes = Array(text.utf8) }
    guard bytes.count == count else {
      return Self.difference(
        name, Self.result, captured: Self.bytes(bytes.count), model: Self.bytes(count))
    }
    var position = 0
    for run in runs {
      for offset in run.offset..<run.offset + run.count {
        if let known = contents[run.origin]?[offset], known != bytes[position] {
          return Self.difference(
            name, Bilingual("result: byte \(position)", "结果的字节 \(position)"),
            captured: Bilingual(same: "\(bytes[position])"), model: Bilingual(same: "\(known)"))
        }
        position += 1
      }
    }
    return nil
  }

  mutating func noteContents(_ send: TCPLadder.Send, _ record: SegmentRecord) {
    guard let payload = record.segment.payload else { return }
    for (index, byte) in send.data.prefix(payload.count).enumerated() {
      contents[payload.origin, default: [:]][payload.offset + index] = byte
    }
  }
}
