"""Style: how a page of the report looks on screens, light and dark, and on grey paper; its small script."""

from __future__ import annotations

_LIGHT = """--bg:#f4f6f9;--panel:#fff;--ink:#17202c;--muted:#566273;--line:#d8dee7;--accent:#1d5b9f;
--soft:#cfe0f2;--warm:#c25a0c;--good:#1a7a45;--bad:#b3152b;--m0:#f1f6fc;--m1:#d3e3f4;--m2:#a3c4e6;--m3:#3f78b8;
--m4:#1c4a84;--m-ink:#fff;--shade:29,91,159;color-scheme:light;"""
_DARK = """--bg:#11151b;--panel:#1a2029;--ink:#e6eaf0;--muted:#a3afbf;--line:#343d4a;--accent:#7db3ee;
--soft:#28435f;--warm:#f0a25a;--good:#6fce96;--bad:#ff8b98;--m0:#1d2835;--m1:#24405e;--m2:#2c5888;--m3:#6ba3df;--m4:#b4d4f6;
--m-ink:#0d1723;--shade:125,179,238;color-scheme:dark;"""

STYLE = (
    ":root{" + _LIGHT + "}\n"
    "@media screen and (prefers-color-scheme:dark){:root:not(:has(#look-light:checked)){" + _DARK + "}}\n"
    "@media screen{:root:has(#look-dark:checked){" + _DARK + "}}\n"
    """
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);
font:15px/1.6 "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif}
:root:not(:has(#lang-en:checked)) .en,:root:has(#lang-en:checked) .zh{display:none}
svg text{font-family:inherit}
.patterns{position:absolute;width:0;height:0}
.skip{position:absolute;left:-99em}
.skip:focus{left:1em;top:1em;background:var(--panel);padding:.5em 1em;z-index:2}
:focus-visible{outline:3px solid var(--warm);outline-offset:2px}
a{color:var(--accent)}
header.top,nav,main,footer{max-width:1200px;margin:0 auto;padding:0 20px}
header.top{display:flex;flex-wrap:wrap;gap:12px 32px;justify-content:space-between;align-items:flex-end;
padding-top:16px}
h1{font-size:26px;line-height:1.25;margin:0;letter-spacing:.01em}
.subtitle{margin:4px 0 0;color:var(--muted)}
h2{font-size:20px;margin:0 0 14px;padding-top:26px}
#overview>h2{position:absolute;width:1px;height:1px;margin:0;padding:0;overflow:hidden;clip-path:inset(50%)}
#overview{padding-top:14px}
h3{font-size:16px;margin:0 0 2px}
.lead{margin:0 0 12px;color:var(--muted)}
.switches{display:flex;gap:16px;flex-wrap:wrap}
fieldset{border:0;margin:0;padding:0;display:flex;align-items:center}
legend{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.switches label span:not(.zh):not(.en){display:inline-block}
.switches label{position:relative}
.switches input{position:absolute;opacity:0;inset:0;width:100%;height:100%;margin:0;cursor:pointer}
.switches label>span{padding:3px 12px;border:1px solid var(--line);background:var(--panel);font-size:13px}
.switches label:first-of-type>span{border-radius:6px 0 0 6px}
.switches label:last-of-type>span{border-radius:0 6px 6px 0}
.switches label+label>span{margin-left:-1px}
.switches input:checked+span{background:var(--accent);color:var(--panel);border-color:var(--accent)}
.switches input:focus-visible+span{outline:3px solid var(--warm);outline-offset:2px}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:2px 18px;margin:10px 0 0;padding:6px 0;font-size:14px;
border-top:1px solid var(--line);border-bottom:1px solid var(--line)}
nav a{text-decoration:none}nav a:hover{text-decoration:underline}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(158px,1fr));gap:12px;margin:0 0 14px}
.card,.figure{background:var(--panel);border:1px solid var(--line);border-radius:10px}
.card{padding:12px 16px;border-top:4px solid var(--accent)}
.card dt{font-size:14px;color:var(--muted)}.card dd{margin:0}
.card strong{display:block;font-size:32px;line-height:1.2;font-variant-numeric:tabular-nums}
.card small{display:block;font-size:12.5px;line-height:1.45;color:var(--muted)}
.card.is-warn{border-top-color:var(--warm)}.card.is-good{border-top-color:var(--good)}
.figure{padding:16px 20px;margin:0 0 14px;min-width:0}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:14px}
.pair>div>.figure:last-child{margin:0}.pair{margin-bottom:14px}
#overview>.pair{grid-template-columns:repeat(auto-fit,minmax(min(100%,500px),1fr))}
@media(min-width:1100px){#overview>.pair.wide{grid-template-columns:526px 1fr}}
.points{margin:0 0 4px;padding-left:1.2em}.points li{margin:.3em 0}
.chart{display:block;width:100%;height:auto;margin:4px 0 8px;font-size:12px}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;margin:0 0 6px;padding:0;font-size:13px}
.legend svg{vertical-align:-1px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
details caption,.scroll caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
caption{text-align:left;color:var(--muted);font-size:13px;padding:0 0 6px}
th,td{padding:5px 10px;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;font-weight:400}
thead th{font-weight:600;border-bottom:2px solid var(--muted);vertical-align:bottom;font-size:13px}
th.number{text-align:right}
td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.short{white-space:nowrap}
tr.total>*{font-weight:700;border-top:2px solid var(--muted)}
tbody tr:hover>*{background:rgba(var(--shade),.07)}
.bad{color:var(--bad);font-weight:600}.good{color:var(--good);font-weight:600}
.mark{display:inline-block;min-width:1.4em;text-align:center;font-size:13px}
details{margin-top:8px}summary{cursor:pointer;color:var(--muted);font-size:13px;width:fit-content}
details.source{border-top:1px dashed var(--line);padding-top:6px;margin-top:12px}
code,pre{font:12.5px/1.5 "Noto Sans Mono CJK SC",Consolas,Menlo,monospace}
pre{background:var(--bg);border:1px solid var(--line);border-radius:6px;padding:10px;overflow-x:auto;
max-height:26em}
.formula{font-size:16px;background:var(--bg);border-left:4px solid var(--accent);padding:10px 14px;
margin:6px 0 12px}
.strip{letter-spacing:.12em;white-space:nowrap}
.note{font-size:13px;color:var(--muted)}
.steps{display:flex;flex-wrap:wrap;gap:8px;margin:0;padding:0;list-style:none}
.steps li{flex:1 1 150px;background:var(--bg);border-radius:8px;padding:10px 14px}
.steps strong{font-size:24px;font-variant-numeric:tabular-nums}
footer{padding:18px 20px 40px;color:var(--muted);font-size:13px}
@media print{
@page{size:A4;margin:14mm}
body{font-size:12px;background:#fff}nav,.switches,.source,.skip{display:none}
header.top,main{max-width:none;padding:0}
.card,.figure{break-inside:avoid;border-color:#999}.figure.long{break-inside:auto}tr{break-inside:avoid}
h2,h3{break-after:avoid}.card strong{font-size:22px}.cards{grid-template-columns:repeat(6,1fr);gap:6px}
.card{padding:6px 8px}.card dt,.card small{font-size:10px}.pair,#overview>.pair{display:block}
.figure{padding:8px 12px;margin:0 0 8px!important}.chart{max-height:300px}
.steps li{flex-basis:100px;padding:6px 10px}
.steps strong{font-size:18px}details:not([open]){display:none}h2{padding-top:10px}
*{print-color-adjust:exact}
thead{display:table-header-group}.scroll{overflow:visible}table{font-size:10.5px}th,td{padding:3px 5px}
}
"""
)

# Without it the page works too: only its language attribute and title stay, and the choice is not kept.
SCRIPT = """(function(){"use strict";
var root=document.documentElement,inputs=document.querySelectorAll(".switches input");
function name(){var en=document.getElementById("lang-en").checked;
root.lang=en?"en":"zh-CN";document.title=document.querySelector("h1 ."+(en?"en":"zh")).textContent;}
function keep(e){try{localStorage.setItem(e.target.name,e.target.value)}catch(none){}name();}
for(var i=0;i<inputs.length;i++){inputs[i].addEventListener("change",keep);
try{if(localStorage.getItem(inputs[i].name)===inputs[i].value)inputs[i].checked=true}catch(none){}}
name();})();"""
