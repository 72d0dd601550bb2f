"""Status is a condition, Step is an act: states and acts of DOMAIN 2.11."""

from enum import StrEnum


class Status(StrEnum):
    DRAFT = "draft"  # 在代办点或者作出处罚的机关，尚未转来
    RECEIVED = "received"  # 待受理审查
    SUPPLEMENT_WAIT = "supplement_wait"  # 待补正
    ACCEPTED = "accepted"  # 已受理，待被申请人答复
    UNDER_REVIEW = "under_review"  # 审理中
    SUSPENDED = "suspended"  # 已中止
    DECISION_PENDING = "decision_pending"  # 决定待批准
    CLOSED = "closed"  # 已审结
    NOT_ACCEPTED = "not_accepted"  # 未受理办结
    CANCELLED = "cancelled"  # 录入错误，已注销


class Step(StrEnum):
    # 收到与受理
    RECEIVE = "receive"  # 收到申请
    FORWARD = "forward"  # 转送复议机构
    SELF_CORRECT = "self_correct"  # 作出处罚的机关自行纠正
    ACCEPT = "accept"  # 受理
    ACCEPT_WITH_GAPS = "accept_with_gaps"  # 容缺受理
    DECLINE = "decline"  # 不予受理
    REQUEST_SUPPLEMENT = "request_supplement"  # 通知补正
    DEEM_ACCEPTED = "deem_accepted"  # 视为受理
    DELIVER_SUPPLEMENT = "deliver_supplement"  # 补正通知送达
    RECEIVE_SUPPLEMENT = "receive_supplement"  # 收到补正材料
    EXTEND_SUPPLEMENT = "extend_supplement"  # 延长补正期限
    LAPSE_SUPPLEMENT = "lapse_supplement"  # 逾期不补正，视为放弃
    WITHDRAW_BEFORE_ACCEPTANCE = "withdraw_before_acceptance"  # 受理前撤回
    FILL_GAP = "fill_gap"  # 补齐容缺材料
    ASSIGN_HANDLERS = "assign_handlers"  # 确定承办人
    CHANGE_RESPONDENT = "change_respondent"  # 变更被申请人
    COMPLETE_APPLICATION = "complete_application"  # 补充申请信息
    # 审理
    CHOOSE_PROCEDURE = "choose_procedure"  # 确定审理程序
    SEND_COPY = "send_copy"  # 向被申请人发送申请书副本
    RECORD_REPLY = "record_reply"  # 被申请人答复
    LAPSE_REPLY = "lapse_reply"  # 逾期未答复
    RECORD_EVIDENCE = "record_evidence"  # 当事人提交证据
    CONVERT = "convert"  # 简易程序转普通程序
    HEAR_OPINION = "hear_opinion"  # 听取意见
    NOTIFY_HEARING = "notify_hearing"  # 通知听证
    HOLD_HEARING = "hold_hearing"  # 举行听证
    CONSULT_COMMITTEE = "consult_committee"  # 咨询行政复议委员会
    DECIDE_STAY = "decide_stay"  # 停止执行
    LIFT_STAY = "lift_stay"  # 解除停止执行
    SUSPEND = "suspend"  # 中止
    RESUME = "resume"  # 恢复
    RECORD_NOTICE = "record_notice"  # 登记书面告知
    EXCLUDE_TIME = "exclude_time"  # 扣除勘验、鉴定等期间
    BEGIN_EXCLUSION = "begin_exclusion"  # 扣除期间开始
    END_EXCLUSION = "end_exclusion"  # 扣除期间结束
    REVIEW_DOCUMENT = "review_document"  # 附带审查规范性文件
    EXTEND = "extend"  # 延长审理期限
    # 结案
    WITHDRAW = "withdraw"  # 撤回申请，终止
    TERMINATE = "terminate"  # 终止
    SIGN_MEDIATION = "sign_mediation"  # 调解书生效
    REJECT_APPLICATION = "reject_application"  # 驳回复议申请
    SUBMIT_DECISION = "submit_decision"  # 报批决定
    ENDORSE_DECISION = "endorse_decision"  # 机构负责人审核
    RETURN_DECISION = "return_decision"  # 退回重拟
    APPROVE_DECISION = "approve_decision"  # 机关负责人批准
    # 结案以后
    DELIVER = "deliver"  # 送达
    ISSUE_LETTER = "issue_letter"  # 制发意见书、建议书
    RECORD_FEEDBACK = "record_feedback"  # 意见书反馈
    RECORD_PERFORMANCE = "record_performance"  # 履行
    FOLLOW_UP = "follow_up"  # 责令履行、约谈、通报、强制执行
    COPY_TO_SUPERIOR = "copy_to_superior"  # 抄告上级主管部门
    RECORD_SUIT = "record_suit"  # 起诉
    RECORD_PETITION = "record_petition"  # 信访
    PUBLISH = "publish"  # 公开
    REOPEN = "reopen"  # 恢复审理、重新审理
    # 台账与更正
    LINK = "link"  # 关联案件、合并审理
    RECORD = "record"  # 台账录入
    CORRECT = "correct"  # 更正
    RECALCULATE = "recalculate"  # 重算期限
    UNDO = "undo"  # 撤回上一步
    CANCEL = "cancel"  # 注销误录
    CONCLUDE = "conclude"  # 审结（旧版登记）: in journals of earlier releases, taken no more
