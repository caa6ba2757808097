function Block({ block, facts }) {
  const [shown, setShown] = useState("")
  const open = (id) => setShown(shown === id ? "" : id)
  return (
    <div className={"gma-block gma-block-" + block.kind}>
      <BlockBody block={block} open={open} shown={shown} />
      {shown ? <FactCard key={shown} fact={facts[shown]} facts={facts} open={setShown} close={() => setShown("")} /> : null}
    </div>
  )
}

function BlockBody({ block, open, shown }) {
  if (block.kind === "heading") return <h4><Spans spans={block.spans} open={open} /></h4>
  if (block.kind === "paragraph") return <p><Spans spans={block.spans} open={open} /></p>
  if (block.kind === "chart") return <Figure chart={block} open={open} shown={shown} />
  if (block.kind === "table") return <TableBlock table={block} open={open} />
  const items = block.items.map((item, at) => <li key={at}><Spans spans={item} open={open} /></li>)
  return block.kind === "numbers" ? <ol>{items}</ol> : <ul>{items}</ul>
}

function TableBlock({ table, open }) {
  const last = table.rows.length - 1
  return (
    <figure className="gma-table">
      {table.caption || table.unitNote ? (
        <figcaption><b>{table.caption}</b>{table.unitNote ? <span>{table.unitNote}</span> : null}</figcaption>
      ) : null}
      <div className="gma-scroll">
        <table>
          <thead>
            <tr>
              {table.columns.map((column, at) => (
                <th key={at} style={{ textAlign: column.align }}>
                  {column.header}{column.unit ? <small>（{column.unit}）</small> : null}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, at) => (
              <tr key={at} className={table.total && at === last ? "gma-total" : ""}>
                {row.map((cell, column) => (
                  <td key={column} style={{ textAlign: (table.columns[column] || {}).align }}><Spans spans={cell} open={open} /></td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {table.notes && table.notes.length ? <p className="gma-quiet">注：{table.notes.join("；")}</p> : null}
    </figure>
  )
}
