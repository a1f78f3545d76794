# SPDX-License-Identifier: Apache-2.0
"""How the carrier's dictionary was made: `python -m tools.carrier_dictionary CATALOGUE.csv OUT`.

Kept so that a version 2 can be made in the same way. Version 1 is frozen: its file is what counts,
and this program is not run again for it. DEFLATE pays for distance, so what every certificate says
stands last, directly before the host, and what few say stands first.
`","typ":"dc+sd-jwt"}{"iss":"https://` and the host then cost a single reference.
"""

import csv
import sys
from pathlib import Path

SURNAMES = (
    "欧阳司马诸葛上官夏侯侯邹熊孟秦白江阎薛尹段雷龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔"
    "伍庞颜倪庄聂章鲁岳翟殷詹申关焦俞季耿左尚苗岑费柳项柯祁游童欧卢蒋蔡贾丁魏叶余潘杜夏钟汪田任姜范方石姚谭廖陆金"
    "梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏徐孙胡朱高林何郭马罗周吴黄赵陈杨刘张李王"
)
GIVEN = (
    "蕊薇滢馨瑾璇昊轩皓晗涵妍嫣钰琦琳瑜璐莹雯婉倩茜露菲梓萱宸睿泽煜航铭锋钢铁栋梁桂兰菊莲荷芬芝珍珠翠凤娟秀英淑贞"
    "玲芳香红霞云燕艳娜丽敏静洁慧颖怡佳欣雪梅月琴美娥爱巧素润雅思诗梦若雨晨曦阳光辉明亮星宇天恩泽浩然博文武斌彬哲学"
    "礼义仁信德才志立功成业兴旺发达富贵荣华昌盛福禄寿喜祥瑞吉庆安康健宁平和顺利通胜利强刚勇毅坚忠诚正直良善友海江河"
    "湖波涛洪源泉林森松柏山峰岩石磊鑫金银宝玉珂龙虎鹏飞翔鸿雁春夏秋冬东南西北中华国邦民建军超凯旋进步新晓小大子一"
    "世永长生少伟俊杰豪雄振震威涛磊洋勇艳杰娟涛明超秀霞平刚桂英玉兰文华建国志强婷子涵雨欣梓浩宇晨"
)

RARE = r"""
"overseas_recognition
"training_completion
"industry_skill
"safety_competency
"specialised_skill
"vocational_qualification
"special_operation
"exceptional_promotion"
"direct_recognition"
"event":"
"rank":"一等奖"
"rank":"二等奖"
"rank":"三等奖"
"origin":"
"original":"
"post":"
},"level":"apprentice","route":"competition","region":"
,"detail":{"category":"建筑
"chief"
"special"
"trade":"
gbm2022:6-
mohurd2017:
（司机）（塔式起重机）（施工升降机）（物料提升机）
省市县区技能竞赛
"alg":"EdDSA"
住房城乡建设园林绿化职业技能
""".replace("\n", "")

BODY = r"""
00000001
12345678910
2025-2024-2027-2028-2029-2030-
32070031010031011531000032011331000
/bodies/52/bodies/12/bodies/91320700MA/bodies/91310115MA/bodies/91310000MA1FL
","vct":"urn:skillseal:certificate:1","iat":18
,"exp":1
","vct":"urn:skillseal:certificate:1","iat":17
,"status":{"status_list":{"idx":1
,"uri":"https://
/status/2"}},"certificate_number":"S0000320
/status/1"}},
"certificate_number":"Y0000310000
","kind":"special_operation","name":"
","kind":"skill_level","name":"
","holder_tag":"
","occupation":{"code":"lyg2020:1
","name":"
"},"level":"1","route":"
"},"level":"2","route":"
"},"level":"5","route":"
"},"level":"4","route":"
"},"route":"
"},"level":"3","route":"examination","region":"320700","evaluated_on":"2026-
","batch":"B2026-
"}}
"}
{"alg":"ES256","kid":"
","typ":"dc+sd-jwt"}{"iss":"https://
""".replace("\n", "")


def build(catalogue: Path) -> bytes:
    """Put the dictionary together, the least frequent text first."""
    with catalogue.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    trades = {trade for row in rows for trade in row["aliases"].split(";") if trade}
    names = [row["occupation"] for row in rows]
    listed = [trade for trade in sorted(trades) if not any(trade in name for name in names)]
    text = "".join((RARE, *listed, *reversed(names), SURNAMES, GIVEN, BODY))
    return text.encode()


def main() -> None:
    """Write the file."""
    Path(sys.argv[2]).write_bytes(build(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
