import Models

/// Comparing the states of both ends, and in the end their paths and how much each has sent.
extension TCPLadderCheck {
  func states(_ row: TCPLadder.Row) -> TCPLadder.States? {
    row.connection.map {
      TCPLadder.States(
        client: network[End($0, .client)].state, server: network[End($0, .server)].state)
    }
  }

  mutating func compareStates(
    _ row: TCPLadder.Row, _ before: TCPLadder.States?, _ after: TCPLadder.States?
  ) -> Bilingual? {
    guard let connection = row.connection, let before, let after else { return nil }
    statesAt[row.index] = (row.before ?? before, row.after ?? after)
    for (isBefore, captured, model) in [(true, row.before, before), (false, row.after, after)] {
      guard let captured else { continue }
      for side in Side.allCases {
        let (captured, model) = (captured[side], model[side])
        if differ(captured, model, End(connection, side)) {
          return Self.difference(
            words(row), state(side, isBefore: isBefore),
            captured: Bilingual(same: captured.rawValue), model: Bilingual(same: model.rawValue))
        }
        if differ(captured, paths[End(connection, side)]?.last, End(connection, side)) {
          paths[End(connection, side), default: []].append(captured)
        }
      }
    }
    return compareTimeWait(row, connection)
  }

  /// Whether two states differ.
  ///
  /// Where connections share a listener, nothing says when a ladder
  /// ceases to show LISTEN for one that has not begun.
  func differ(
    _ captured: ConnectionState, _ model: ConnectionState?, _ end: End
  ) -> Bool {
    if captured == model { return false }
    let idle: [ConnectionState] = [.closed, .listen]
    return
      !(sharesPort[end.connection] && network[end].isListening && idle.contains(captured)
      && model.map(idle.contains) ?? false)
  }

  func compareTimeWait(_ row: TCPLadder.Row, _ connection: Int) -> Bilingual? {
    for side in Side.allCases {
      guard let captured = row.timeWaitLeft[side] else { continue }
      let timers = network[End(connection, side)].timers
      let left = (timers[.timeWait] ?? timers[.finWait2]).map { $0.deadline - network.now }
      if let left, TCPLadder.Tolerance.timeWaitValue.contains(captured - max(0, left)) { continue }
      return Self.difference(
        words(row), Bilingual("\(side.name) TIME_WAIT timer", "\(zh(side)) TIME_WAIT 定时器"),
        captured: Bilingual(same: "\(captured / 1000) ms"),
        model: left.map { Bilingual(same: "\($0 / 1000) ms") } ?? Bilingual("not running", "未运行"))
    }
    return nil
  }

  // MARK: Ends of the comparison

  func compareCounts() -> Bilingual? {
    for (end, indices) in sent.sorted(by: { $0.value[0] < $1.value[0] }) {
      let captured = compared[end] ?? 0
      if indices.count > captured {
        let record = network.log[indices[captured]]
        let id = ladder.connections[end.connection].id
        let (flags, time) = (record.segment.flags, seconds(record.sentAt))
        return Bilingual(
          "connection \(id): the model's \(end.side.name) sends one segment more than captured: "
            + "\(flags) at \(time)",
          "连接 \(id)：模型的\(zh(end.side))比捕获多发一个报文段：\(time) 的 \(flags)")
      }
    }
    return nil
  }

  func comparePaths() -> Bilingual? {
    for (connection, side, captured) in ladder.paths {
      let end = End(connection, side)
      func shown(_ path: [ConnectionState]) -> [String] {
        let states = sharesPort[connection] ? path.map { $0 == .listen ? .closed : $0 } : path
        return states.indices.filter { $0 == 0 || states[$0] != states[$0 - 1] }
          .map { states[$0].rawValue }
      }
      let (wanted, model) = (shown(captured), shown(paths[end] ?? [.closed]))
      if wanted != model {
        let id = ladder.connections[connection].id
        return Self.difference(
          Bilingual(
            "path of connection \(id) (\(side.name))", "连接 \(id)（\(zh(side))）的状态路径"),
          captured: Bilingual(same: wanted.joined(separator: " ")),
          model: Bilingual(same: model.joined(separator: " ")))
      }
    }
    return nil
  }
}
