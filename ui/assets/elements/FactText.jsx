// parts: fact chart blocks
export default function FactText() {
  return (
    <div className="gma gma-facttext" data-testid="fact-text">
      {props.blocks.map((block, at) => <Block key={at} block={block} facts={props.facts} />)}
      {props.charts.map((chart) => <Block key={chart.id} block={chart} facts={props.facts} />)}
      {props.note ? <p className="gma-quiet gma-note">{props.note}　·　点带虚线的数字看出处</p> : null}
    </div>
  )
}
